import { createHash } from 'node:crypto';
import {
  type Block,
  type Cell,
  escapeXml,
  flowSvg,
  type ReportModel,
  type Section,
  type Span,
  type Table,
} from '../index.ts';
import { STYLE } from './html-style.ts';

/**
 * The report as one HTML page that fetches nothing and runs nothing; every string of the model is escaped text.
 * The same model gives the same text.
 */
export function renderHtml(model: ReportModel): string {
  const hash = createHash('sha256').update(STYLE).digest('base64');
  const facts = model.facts.map(({ name, value }) => `<dt>${escapeXml(name)}</dt><dd>${inline(value)}</dd>`).join('\n');
  const contents = model.sections.map(
    ({ id, title }) => `<li><a href="#${escapeXml(id)}">${escapeXml(title)}</a></li>`,
  );
  return `<!doctype html>
<html lang="${model.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeXml(model.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<h1>${escapeXml(model.title)}</h1>
<p class="subtitle">${escapeXml(model.subtitle)}</p>
<dl>
${facts}
</dl>
</header>
<nav aria-label="Contents"><ol>
${contents.join('\n')}
</ol></nav>
<main id="content">
${model.sections.map(section).join('\n')}
</main>
<footer>${escapeXml(model.mark)}</footer>
</body>
</html>
`;
}

function section({ id, title, blocks }: Section, index: number): string {
  const name = escapeXml(id);
  return `<section id="${name}" aria-labelledby="${name}-title">
<h2 id="${name}-title">${index + 1} ${escapeXml(title)}</h2>
${blocks.map(block).join('\n')}
</section>`;
}

function block(value: Block): string {
  switch (value.kind) {
    case 'heading':
      return `<h3>${escapeXml(value.text)}</h3>`;
    case 'paragraph':
      return `<p>${inline(value.spans)}</p>`;
    case 'notice':
      return `<p class="notice" role="note">${inline(value.spans)}</p>`;
    case 'list':
      return `<ul>${value.items.map((item) => `<li>${inline(item)}</li>`).join('')}</ul>`;
    case 'diagram':
      return `<figure><figcaption>${escapeXml(value.caption)}</figcaption><div class="scroll" tabindex="0" role="region" aria-label="${escapeXml(value.caption)}">${flowSvg(value.diagram)}</div></figure>`;
    case 'table':
      return table(value);
  }
}

function table({ caption, columns, rows, of }: Table): string {
  const shown = rows.length < of ? ` – ${rows.length} of ${of} shown` : '';
  const heads = columns.map(({ title, align }) => `<th scope="col" class="${align}">${escapeXml(title)}</th>`).join('');
  const body = rows.map(
    (row) =>
      `<tr>${row.map((cell, index) => `<td class="${columns[index]?.align ?? 'left'}">${lines(cell)}</td>`).join('')}</tr>`,
  );
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeXml(caption)}"><table><caption><span>${escapeXml(caption + shown)}</span></caption>
<thead><tr>${heads}</tr></thead>
<tbody>
${body.join('\n')}
</tbody></table></div>`;
}

function lines(cell: Cell): string {
  return cell.map(inline).join('<br>');
}

function inline(spans: readonly Span[]): string {
  return spans
    .map(({ text, tone }) => {
      const safe = escapeXml(text);
      if (tone === 'plain') return safe;
      if (tone === 'code') return `<code>${safe}</code>`;
      if (tone === 'strong') return `<strong>${safe}</strong>`;
      return `<span class="${tone}">${safe}</span>`;
    })
    .join('');
}
