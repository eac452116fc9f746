import { type ListVersion, PUBLISHERS, versionsInForce } from '@cairn/core/screening';
import { readListSources } from '@cairn/core/screening/stores';
import { formatTime } from '@cairn/core/units';
import type { Context } from '../terminal/context.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import { grouped } from '../terminal/progress.ts';
import { table } from '../terminal/table.ts';
import { daysBetween, openLists, today } from './lists-store.ts';

/** `cairn lists`: which versions are held, how old they are, and which lists are not held at all. */
export async function showHeld({ data, print }: Context): Promise<ExitCode> {
  const { store, directory } = openLists(data);
  const [versions, date] = [store.versions(), today()];
  const { inForce, notHeld } = versionsInForce(versions, { asOf: date, knownAt: null });
  const checked = new Map(readListSources(directory).map(({ list, checkedAt }) => [list, checkedAt]));
  const held = versions.map((version) => ({
    ...version,
    ageDays: daysBetween(version.issuedOn, date),
    inForce: inForce.some(({ id }) => id === version.id),
    checkedAt: checked.get(version.list) ?? null,
  }));
  const missing = PUBLISHERS.filter(({ list }) => notHeld.includes(list));
  const text = [
    versions.length === 0 ? 'No list is held.' : heldTable(held),
    ...inForce.map((version) => ageLine(version, date, checked.get(version.list) ?? null)),
    ...missing.map(({ list, name }) => `Not held: ${list} (${name}). cairn lists update ${list}`),
  ].join('\n');
  const notes = inForce.flatMap(({ id, notes }) => notes.map((note) => `${id}: ${note}`));
  const shown = notes.slice(0, 10);
  const more =
    notes.length > shown.length ? [`  and ${notes.length - shown.length} more (--json has all, of every version)`] : [];
  print(notes.length === 0 ? text : [text, 'Notes:', ...shown.map((note) => `  ${note}`), ...more].join('\n'), {
    today: date,
    held,
    notHeld: missing.map(({ list, name, address, terms }) => ({ list, name, address, terms })),
  });
  return 0;
}

function heldTable(held: readonly (ListVersion & { ageDays: number; inForce: boolean })[]): string {
  const rows = held.map((one) => [
    one.id,
    one.issuedOn,
    String(one.ageDays),
    grouped(one.parties),
    grouped(one.accounts),
    one.onlyPart === null ? 'whole list' : 'a part',
    one.inForce ? 'yes' : '',
    one.source,
  ]);
  const head = ['version', 'issued', 'days old', 'parties', 'accounts', 'scope', 'in force', 'source'];
  return `${table(head, rows, ['days old', 'parties', 'accounts'])}\n`;
}

function ageLine({ list, issuedOn, onlyPart }: ListVersion, date: string, checkedAt: number | null): string {
  const age = daysBetween(issuedOn, date);
  const scope = onlyPart === null ? '' : ` and only a part (${onlyPart})`;
  const check = checkedAt === null ? '' : `; its publisher had nothing newer at ${formatTime(checkedAt)}`;
  return `${list}: answers rest on the issue of ${issuedOn}, ${age} ${age === 1 ? 'day' : 'days'} old${scope}${check}.`;
}
