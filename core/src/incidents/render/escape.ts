import { plain } from './layout.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text as it stands in XML and HTML, in an element or an attribute. */
export function escapeXml(text: string): string {
  return plain(text).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}
