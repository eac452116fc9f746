import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { FigureRow, ReportModel } from '../index.ts';
import { renderCsv, renderHtml, renderPdf } from './index.ts';

const HOSTILE = '*b* #panic("x") $x$ <a@b> \\u{1} <script>alert(1)</script> " \' & 中';

const ROW: FigureRow = {
  record: 'edge',
  policy: 'fifo/1',
  tag: '=cmd()',
  figure: '@x',
  account: '+1,"2"',
  to: '-1',
  asset: 'eip155:1/slip44:60',
  amount: '1',
  amountDecimal: '',
  origin: '1',
  originDecimal: '',
  restsOnDeclared: 'no',
  time: '',
  transactions: '',
  address: '',
  toAddress: '',
};

const MODEL: ReportModel = {
  title: HOSTILE,
  subtitle: 'Subtitle',
  language: 'en',
  recordEndsAt: 1_741_025_627,
  mark: 'digest 00',
  facts: [{ name: HOSTILE, value: [{ text: HOSTILE, tone: 'code' }] }],
  sections: [false, true].map((landscape, index) => ({
    id: `s${index}`,
    title: HOSTILE,
    landscape,
    blocks: [
      { kind: 'heading', text: HOSTILE },
      { kind: 'paragraph', spans: [{ text: HOSTILE, tone: 'strong' }] },
      { kind: 'notice', spans: [{ text: HOSTILE, tone: 'held' }] },
      { kind: 'list', items: [[{ text: HOSTILE, tone: 'last-seen' }]] },
      {
        kind: 'table',
        caption: HOSTILE,
        columns: [{ title: HOSTILE, align: 'right', weight: 1 }],
        rows: [[[[{ text: HOSTILE, tone: 'plain' }]]], [[]]],
        of: 5,
        small: true,
      },
      {
        kind: 'diagram',
        caption: HOSTILE,
        diagram: {
          width: 100,
          height: 50,
          description: HOSTILE,
          ribbons: [{ x1: 0, y1: 0, x2: 50, y2: 0, thickness: 2 }],
          heads: [{ x: 0, text: HOSTILE }],
          bars: [
            {
              x: 0,
              y: 0,
              width: 10,
              height: 10,
              held: 1,
              lastSeen: 2,
              booked: 3,
              labels: [{ text: HOSTILE, tone: 'strong' }],
            },
          ],
        },
      },
    ],
  })),
  figures: [ROW],
};

describe('the PDF', () => {
  it('takes hostile text as text, is archival, and carries the date of the record', async () => {
    const text = Buffer.from(await renderPdf(MODEL)).toString('latin1');
    expect(text.startsWith('%PDF-1.7')).toBe(true);
    expect(text).toMatch(/pdfaid:part>2<[\s\S]*pdfaid:conformance>B</);
    expect(text).toContain('2025-03-03T18:13:47');
  });

  it('has the same bytes in another process', async () => {
    const hash = createHash('sha256')
      .update(await renderPdf(MODEL))
      .digest('hex');
    const script = `
      import { createHash } from 'node:crypto';
      import { readFileSync } from 'node:fs';
      import { renderPdf } from ${JSON.stringify(new URL('index.ts', import.meta.url).href)};
      const pdf = await renderPdf(JSON.parse(readFileSync(0, 'utf8')));
      process.stdout.write(createHash('sha256').update(pdf).digest('hex'));`;
    const input = JSON.stringify(MODEL);
    const other = execFileSync(process.execPath, ['--input-type=module', '-e', script], { input, encoding: 'utf8' });
    expect(other).toBe(hash);
  });

  it('can be made of a record without transfers', async () => {
    const pdf = await renderPdf({ ...MODEL, recordEndsAt: null, sections: [] });
    expect(pdf.length).toBeGreaterThan(1000);
  });
});

describe('the page', () => {
  const html = renderHtml(MODEL);

  it('escapes everything and fetches nothing', () => {
    expect(html).not.toContain('<script');
    expect(html).not.toMatch(/(src|href)="(?!#)/);
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html).toContain("default-src 'none'");
  });

  it('allows its own style sheet by hash', () => {
    const style = /<style>([\s\S]*)<\/style>/.exec(html)?.[1] ?? '';
    expect(html).toContain(`sha256-${createHash('sha256').update(style).digest('base64')}`);
  });

  it('says how much of a table is shown', () => {
    expect(html).toContain('2 of 5 shown');
  });
});

describe('the figures file', () => {
  it('lets no text begin a formula, and quotes as RFC 4180 has it', () => {
    const [header, row, end] = renderCsv(MODEL).split('\r\n');
    expect(header?.split(',')).toHaveLength(16);
    expect(row).toBe(`edge,fifo/1,'=cmd(),'@x,"'+1,""2""",'-1,eip155:1/slip44:60,1,,1,,no,,,,`);
    expect(end).toBe('');
  });
});
