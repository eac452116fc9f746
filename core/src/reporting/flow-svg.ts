import type { Bar, FlowDiagram, Ribbon } from './flow-diagram.ts';

/** One drawing as SVG 1.1 with presentation attributes only: no style sheet, no script, nothing fetched. */
export function flowSvg(diagram: FlowDiagram): string {
  const { width, height, description, bars, ribbons, heads } = diagram;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="Noto Sans, sans-serif" font-size="8.6">`,
    `<title>${escapeXml(description)}</title>`,
    ...ribbons.map(drawRibbon),
    ...bars.map(drawBar),
    ...heads.map(({ x, text }) => `<text x="${x}" y="16" fill="#555555" font-size="9.5">${escapeXml(text)}</text>`),
    '</svg>',
  ].join('\n');
}

/** Text as XML character data or a quoted attribute value. */
export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function drawRibbon({ x1, y1, x2, y2, thickness }: Ribbon): string {
  const middle = tenth((x1 + x2) / 2);
  const [foot1, foot2] = [tenth(y1 + thickness), tenth(y2 + thickness)];
  return `<path d="M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}L${x2} ${foot2}C${middle} ${foot2} ${middle} ${foot1} ${x1} ${foot1}Z" fill="#7f97b2" fill-opacity="0.38"/>`;
}

/** Held is filled, last seen is outlined and white, what ended at a terminal is black; what was passed on is grey-blue. */
function drawBar({ x, y, width, height, held, lastSeen, booked, labels }: Bar): string {
  const parts = [`<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="#4a6484"/>`];
  let foot = y + height;
  const stack = (size: number, attributes: string): void => {
    if (size <= 0) return;
    // Even a sliver of an end is shown.
    const tall = Math.min(Math.max(size, 2), height);
    foot -= tall;
    parts.push(`<rect x="${x}" y="${tenth(foot)}" width="${width}" height="${tenth(tall)}" ${attributes}/>`);
  };
  stack(booked, 'fill="#111111"');
  stack(lastSeen, 'fill="#ffffff" stroke="#b35900" stroke-width="1.2" stroke-dasharray="2.5 1.5"');
  stack(held, 'fill="#1b7f4d"');
  labels.forEach(({ text, tone }, index) => {
    const weight = tone === 'strong' ? ' font-weight="bold"' : '';
    const colour = tone === 'strong' ? '#111111' : '#333333';
    parts.push(
      `<text x="${tenth(x + width + 4)}" y="${tenth(y + 8 + index * 10.5)}" fill="${colour}"${weight} stroke="#ffffff" stroke-width="1.6" stroke-opacity="0.75" stroke-linejoin="round" paint-order="stroke">${escapeXml(text)}</text>`,
    );
  });
  return parts.join('');
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
