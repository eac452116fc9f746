import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { resolve } = createRequire(import.meta.url);

/** The fonts a report is set in, all from installed packages: none of the machine's own, so that every machine gives the same file. */
const FILES = [
  '@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf',
  '@expo-google-fonts/noto-sans/700Bold/NotoSans_700Bold.ttf',
  '@expo-google-fonts/noto-sans-mono/400Regular/NotoSansMono_400Regular.ttf',
] as const;

export function loadFonts(): Buffer[] {
  return FILES.map((file) => readFileSync(resolve(file)));
}

/** Code points that a TrueType font has a glyph for, from its `cmap` table (OpenType specification, formats 4 and 12). */
export function readCoverage(font: Buffer): Set<number> {
  const covered = new Set<number>();
  const start = findTable(font, 'cmap');
  const count = font.readUInt16BE(start + 2);
  for (let i = 0; i < count; i++) {
    const subtable = start + font.readUInt32BE(start + 4 + i * 8 + 4);
    const format = font.readUInt16BE(subtable);
    if (format === 4) readSegments(font, subtable, covered);
    if (format === 12) readGroups(font, subtable, covered);
  }
  return covered;
}

function findTable(font: Buffer, name: string): number {
  const tables = font.readUInt16BE(4);
  for (let i = 0; i < tables; i++) {
    const record = 12 + i * 16;
    if (font.toString('latin1', record, record + 4) === name) return font.readUInt32BE(record + 8);
  }
  throw new Error(`the bundled font has no ${name} table`);
}

function readSegments(font: Buffer, at: number, covered: Set<number>): void {
  const bytes = font.readUInt16BE(at + 6);
  for (let i = 0; i < bytes; i += 2) {
    const last = font.readUInt16BE(at + 14 + i);
    const first = font.readUInt16BE(at + 16 + bytes + i);
    const delta = font.readUInt16BE(at + 16 + 2 * bytes + i);
    const offsetAt = at + 16 + 3 * bytes + i;
    const offset = font.readUInt16BE(offsetAt);
    for (let point = first; point <= last && point !== 0xffff; point++) {
      const glyph =
        offset === 0 ? (point + delta) & 0xffff : font.readUInt16BE(offsetAt + offset + (point - first) * 2);
      if (glyph !== 0) covered.add(point);
    }
  }
}

function readGroups(font: Buffer, at: number, covered: Set<number>): void {
  const groups = font.readUInt32BE(at + 12);
  for (let i = 0; i < groups; i++) {
    const group = at + 16 + i * 12;
    const last = font.readUInt32BE(group + 4);
    for (let point = font.readUInt32BE(group); point <= last; point++) covered.add(point);
  }
}
