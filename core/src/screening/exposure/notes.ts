import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Coverage } from '../../ledger/index.ts';
import type { Crossing, Warning } from '../../tracing/index.ts';
import type { Account } from '../../units/index.ts';
import type { Exposure } from './exposure.ts';
import type { Answered } from './lines.ts';
import { movementsOf } from './movements.ts';

/** SHA-256, hex, over the traces' digests, a line each, in the order of the totals. */
export function digestOf(answers: readonly Answered[]): string {
  return bytesToHex(sha256(utf8ToBytes(answers.map(({ result }) => `${result.digest}\n`).join(''))));
}

/** Every declaration once, in the order a reader gives them. */
export function mergeCoverage(parts: readonly (readonly Coverage[])[]): Coverage[] {
  // A declaration that nothing is known of any account says what its absence says.
  const saying = parts.flat().filter((c) => c.account !== null || c.basis !== 'unknown' || c.toBlock !== null);
  const byText = new Map(saying.map((coverage) => [JSON.stringify(keyOf(coverage)), coverage]));
  return [...byText.values()].sort((a, b) => compareKeys(keyOf(a), keyOf(b)));
}

function keyOf(c: Coverage): (string | number | null)[] {
  const rest = JSON.stringify([c.assets, c.toAt, c.basis, c.truncated, c.note]);
  return [c.chain, c.account, c.direction, c.fromBlock, c.toBlock, c.source, rest];
}

function compareKeys(a: readonly (string | number | null)[], b: readonly (string | number | null)[]): number {
  for (let i = 0; i < a.length; i++) {
    const [one, two] = [a[i] ?? null, b[i] ?? null];
    if (one === two) continue;
    if (one === null) return -1;
    if (two === null) return 1;
    return one < two ? -1 : 1;
  }
  return 0;
}

/** What a reader must know: what the traces warn of, and what exposure itself leaves out. Sorted by (code, message). */
export function warningsFor(
  account: Account,
  answers: readonly Answered[],
  totals: Exposure['totals'],
  crossings: readonly Crossing[],
): Warning[] {
  const merged = new Map<string, { code: string; message: string; accounts: Set<Account> }>();
  const warn = (code: string, message: string, accounts: Iterable<Account>): void => {
    const known = merged.get(`${code} ${message}`) ?? { code, message, accounts: new Set<Account>() };
    for (const at of accounts) known.accounts.add(at);
    merged.set(`${code} ${message}`, known);
  };
  for (const answer of answers) {
    for (const warning of ownWarnings(answer, account)) warn(warning.code, warning.message, warning.accounts);
  }
  for (const { direction, asset, gross, returned } of totals) {
    if (returned === 0n) continue;
    const what = `${direction} ${asset}: ${returned} of ${gross} base units are value that went out and came back;`;
    warn('returned', `${what} each unit counts once.`, [account]);
  }
  if (answers.length === 0)
    warn('no-transfers', 'The ledger shows nothing received or sent by this account.', [account]);
  const unrecorded = crossings.filter(({ output }) => output.kind === 'unrecorded' && output.account === account);
  if (unrecorded.length > 0) {
    const what = `What came out of ${unrecorded.length} declared crossing(s) into this account is in no recorded transfer,`;
    warn('unrecorded-arrivals', `${what} so it is not among what it received.`, [account]);
  }
  return [...merged.values()]
    .map(({ code, message, accounts }) => ({ code, message, accounts: [...accounts].sort() }))
    .sort((a, b) => compareKeys([a.code, a.message], [b.code, b.message]));
}

/** Crossings that a warning names; each line has the ids of all it rests on. */
const NAMED = 3;

function ownWarnings({ question, result, tag }: Answered, account: Account): Warning[] {
  const warnings = result.warnings.flatMap((warning): Warning[] => {
    if (warning.code === 'assigned-order') return [assignedOrder(tag.tag, result)];
    // Sent: what the subject itself still holds is no part of the answer.
    const accounts = warning.code === 'last-seen' ? warning.accounts.filter((at) => at !== account) : warning.accounts;
    return accounts.length === 0 && warning.accounts.length > 0 ? [] : [{ ...warning, accounts }];
  });
  const used = new Set(
    movementsOf(tag, result, question.direction).flatMap(({ steps }) => steps.flatMap((step) => step.crossings)),
  );
  const assumed = result.crossings.filter(({ id, basis }) => used.has(id) && basis !== 'exact');
  if (assumed.length === 0) return warnings;
  const more = assumed.length > NAMED ? ` and ${assumed.length - NAMED} more` : '';
  const ids = `${assumed
    .slice(0, NAMED)
    .map(({ id }) => id)
    .join(', ')}${more}`;
  const message = `${tag.tag}: value is followed through ${assumed.length} crossing(s) that are declared or inferred, not proved (${ids}); amounts and paths beyond them rest on that.`;
  return [...warnings, { code: 'declared-crossings', message, accounts: [] }];
}

/** One warning for all traces that do not depend on the order ingest assigned; one of its own for each that does. */
function assignedOrder(tag: string, { adverseOrders }: Answered['result']): Warning {
  const moved = new Set(adverseOrders.map(({ figure }) => figure)).size;
  const what = 'The order of some transfers inside their block was assigned from file order.';
  const message =
    moved === 0
      ? `${what} Turned round, it moves no figure.`
      : `${tag}: ${what} Turned round, it moves ${moved} figure(s).`;
  return { code: 'assigned-order', message, accounts: [] };
}
