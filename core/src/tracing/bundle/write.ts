import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { type Entry, packEntry, writeContainer } from './container.ts';
import { writeLineSums } from './line-sums.ts';
import { type BundleContent, FORMAT, LINES, MANIFEST, type Manifest, manifestSchema, SIGNATURE } from './model.ts';
import { signNote } from './note.ts';
import { printBytes, writeParts } from './parts.ts';

/**
 * A trace and everything it rests on as one file. The same content and key give the same bytes: there is no clock in it.
 * @param privateKey - `PRIVATE+KEY+name+id+base64`; null: the bundle is not signed.
 * @returns the bytes of a zip, see `docs/reference/bundle.md`.
 * @throws invalid-input beyond 4 GiB, or for a key that cannot be used.
 */
export function writeBundle(content: BundleContent, privateKey: string | null): Uint8Array {
  const parts = new Map<string, Uint8Array>([...writeParts(content)].sort(([a], [b]) => (a < b ? -1 : 1)));
  parts.set(LINES, writeLineSums(parts));
  const { engine, digest } = content.result;
  const named = content.case === null ? null : { slug: content.case.slug, title: content.case.title };
  return assemble(parts, { engine, digest, case: named }, privateKey);
}

/** Parts with the manifest that describes them, and its signature, as a file. */
export function assemble(
  parts: ReadonlyMap<string, Uint8Array>,
  about: Pick<Manifest, 'engine' | 'digest' | 'case'>,
  privateKey: string | null,
): Uint8Array {
  const names = [...parts.keys()].sort();
  const entries = names.map((name) => packEntry(name, parts.get(name) as Uint8Array, 'deflated'));
  const manifest = printBytes(
    manifestSchema.parse({
      format: FORMAT,
      ...about,
      parts: entries.map((entry) => describe(entry, parts.get(entry.name) as Uint8Array)),
    }),
  );
  const all = [packEntry(MANIFEST, manifest, 'stored'), ...entries];
  if (privateKey !== null) {
    const note = signNote(noteText(manifest, about.digest), privateKey);
    all.push(packEntry(SIGNATURE, new TextEncoder().encode(note), 'stored'));
  }
  return writeContainer(all);
}

/** What a signature vouches for: the format, the manifest by its hash, and the trace by its digest. */
export function noteText(manifest: Uint8Array, digest: string): string {
  return `${FORMAT}\nmanifest sha256:${bytesToHex(sha256(manifest))}\ntrace digest:${digest}\n`;
}

function describe(entry: Entry, content: Uint8Array): Manifest['parts'][number] {
  return {
    name: entry.name,
    sha256: bytesToHex(sha256(content)),
    bytes: content.length,
    stored: { sha256: bytesToHex(sha256(entry.data)), bytes: entry.data.length },
  };
}
