import { readFileSync } from 'node:fs';
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler';
import { CairnError } from '../../errors.ts';
import { codePoint, flowSvg, type ReportModel } from '../index.ts';
import { loadFonts, readCoverage } from './fonts.ts';

const TEMPLATE = new URL('report.typ', import.meta.url);

/**
 * The report as PDF/A-2b. One model gives the same bytes in every process: fonts are bundled, and the date in the file is
 * that of the last transfer of the record, not of the day it was made. Characters that no bundled font has are named by
 * code point.
 * @throws {CairnError} `defect`: the layout does not compile.
 */
export async function renderPdf(model: ReportModel): Promise<Uint8Array> {
  const fonts = loadFonts();
  const compiler = NodeCompiler.create({ fontArgs: [{ fontBlobs: fonts }] });
  const compiled = compiler.compile({
    mainFileContent: readFileSync(TEMPLATE, 'utf8'),
    inputs: { model: JSON.stringify(layoutInput(model, fonts)) },
  });
  const { result } = compiled;
  if (result === null) {
    const reasons = compiled.takeError()?.shortDiagnostics ?? [];
    throw new CairnError('defect', `the report's layout does not compile: ${JSON.stringify(reasons)}`);
  }
  return new Uint8Array(compiler.pdf(result, { pdfStandard: 'a-2b' }));
}

/** The model as the layout reads it: drawings as SVG, the date in parts, no character without a glyph. */
function layoutInput(model: ReportModel, fonts: readonly Buffer[]): unknown {
  const covered = coveredByAll(fonts);
  const { figures: _figures, sections, recordEndsAt, ...head } = model;
  const input = {
    ...head,
    // The standard demands a date; a record without transfers has none to give.
    date: dateParts(recordEndsAt ?? 0),
    sections: sections.map((section) => ({
      ...section,
      blocks: section.blocks.map((block) =>
        block.kind === 'diagram'
          ? {
              kind: block.kind,
              caption: block.caption,
              description: block.diagram.description,
              svg: flowSvg(block.diagram),
            }
          : block,
      ),
    })),
  };
  return mapStrings(input, (text) => withGlyphs(text, covered));
}

/** Text is set in the regular and the bold cut; a character must be in both. */
function coveredByAll([regular, bold]: readonly Buffer[]): Set<number> {
  if (regular === undefined || bold === undefined) return new Set();
  const inBold = readCoverage(bold);
  return new Set([...readCoverage(regular)].filter((point) => inBold.has(point)));
}

function dateParts(at: number): Record<string, number> {
  const date = new Date(at * 1000);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
  };
}

function withGlyphs(text: string, covered: ReadonlySet<number>): string {
  // A line feed occurs in the drawings' source only, where it is no glyph.
  return [...text]
    .map((character) =>
      character === '\n' || covered.has(character.codePointAt(0) ?? 0) ? character : `[${codePoint(character)}]`,
    )
    .join('');
}

function mapStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, change)]));
}
