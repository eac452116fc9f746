/**
 * Which value was meant by a mistyped one?
 * @returns the value with the fewest letters changed, added or left out, the first of equals; null: none is near, which is
 *   half of its letters at most.
 */
export function nearest(typed: string, values: readonly string[]): string | null {
  const text = typed.toLowerCase().slice(0, LONGEST);
  let best: { readonly value: string; readonly edits: number } | null = null;
  for (const value of values) {
    const edits = editsBetween(text, value.toLowerCase());
    const isNear = edits * 2 <= Math.max(text.length, value.length) || (text.length > 2 && isPartOf(text, value));
    if (isNear && (best === null || edits < best.edits)) best = { value, edits };
  }
  return best?.value ?? null;
}

const LONGEST = 64;

function isPartOf(text: string, value: string): boolean {
  return value.toLowerCase().includes(text);
}

/** @see V. I. Levenshtein, "Binary codes capable of correcting deletions, insertions, and reversals" (1966). */
function editsBetween(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...left].entries()) {
    const next = [i + 1];
    for (let j = 1; j <= right.length; j++) {
      const changed = (row[j - 1] ?? 0) + (letter === right[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
