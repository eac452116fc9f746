import {
  type DepositAccount,
  type DepositFinding,
  explainDepositCandidates,
  findDepositCandidates,
  VICTOR_BOUNDS,
} from '@cairn/core/clustering';
import { CairnError } from '@cairn/core/errors';
import { createLabelIndex } from '@cairn/core/labels';
import { formatAccount, parseAccount } from '@cairn/core/units';
import type { Command } from 'commander';
import { openDataDirectory } from '../data/data-directory.ts';
import { casesOf, depositOptions } from '../screen/ledger-questions.ts';
import { createProgress, grouped } from '../terminal/progress.ts';
import { shortAccount, table } from '../terminal/table.ts';
import { createAssetBook, showAmount } from '../trace/assets.ts';
import { caseLabels } from '../trace/case.ts';
import { act, verb } from './command.ts';

type Flags = { readonly service?: string; readonly minConfidence: string; readonly maxBlocks?: string };

const MEANING = [
  'An inference from behaviour, no label and no listing: a wallet whose owner always sends on to one exchange looks the same.',
  'It rests on what the ledger holds of the account: a payment to somebody else that is not in it would change the answer.',
  'A freeze request names the deposit account: the exchange knows which customer it gave it to. A pooled hot wallet says nothing of whose value is in it.',
].join('\n');

export function depositsCommand(): Command {
  const command = verb('deposits', "accounts that behave like an exchange's deposit accounts, by the ledger", [
    'cairn deposits',
    'cairn deposits --service huobi --min-confidence 0.7',
    'cairn deposits 0x9a755332d874c893111207b0b220ce2615cd036f',
  ])
    .argument('[account...]', 'explain these; without: every account that paid a labelled exchange in the ledger')
    .option('--service <name>', 'only deposit accounts of this service, as its labels name it')
    .option('--min-confidence <n>', 'least confidence, 0 to 1; named accounts are always shown', '0')
    .option('--max-blocks <n>', `blocks between arrival and forward (default: ${VICTOR_BOUNDS.maxBlocks})`);
  return act<Flags>(command, async ({ data, print, signal }, flags, args) => {
    const least = readNumber('--min-confidence', flags.minConfidence, 1);
    const maxBlocks =
      flags.maxBlocks === undefined ? VICTOR_BOUNDS.maxBlocks : readNumber('--max-blocks', flags.maxBlocks, 1e9);
    const named = args.map((text) => parseAccount(text));
    const directory = openDataDirectory(data);
    const ledger = await directory.openLedger();
    const progress = createProgress();
    try {
      const cases = casesOf(await ledger.imports());
      const index = createLabelIndex([...cases.flatMap(caseLabels), ...directory.labels()]);
      const bounds = { ...VICTOR_BOUNDS, maxBlocks };
      const onProgress = ({ done, total }: { done: number; total: number }): void =>
        progress.update(`${grouped(done)} of ${grouped(total)} accounts judged`, total === 0 ? null : done / total);
      const options = { ...depositOptions(index), bounds, onProgress, signal };
      const services = index.accounts.filter((account) => options.serviceOf(account) !== null);
      progress.update(`looking for payers of ${grouped(services.length)} labelled accounts of exchanges`, null);
      const candidates = named.length > 0 ? named : await findDepositCandidates(ledger, services, options);
      const findings = await explainDepositCandidates(ledger, candidates, options);
      const wanted =
        named.length > 0 ? findings : findings.filter((finding) => isWanted(finding, least, flags.service ?? null));
      const book = createAssetBook(directory.assets());
      const text = [showFound(wanted, findings, book), showUndecided(findings, named.length > 0), MEANING];
      print(text.filter((part) => part !== '').join('\n\n'), {
        bounds,
        candidates: candidates.length,
        findings: wanted,
      });
      return 0;
    } finally {
      progress.done();
      await ledger.close();
    }
  });
}

function isWanted(finding: DepositFinding, least: number, service: string | null): boolean {
  if (finding.kind !== 'deposit' || finding.deposit.confidence < least) return false;
  return service === null || finding.deposit.service.name.toLowerCase() === service.toLowerCase();
}

function depositsOf(findings: readonly DepositFinding[]): DepositAccount[] {
  return findings.flatMap((finding) => (finding.kind === 'deposit' ? [finding.deposit] : []));
}

/** Why the table is empty: nothing found, or nothing that was asked for. */
function showNone(left: readonly DepositAccount[]): string {
  if (left.length === 0) return 'None of these accounts behaves like a deposit account within these bounds.';
  const names = [...new Set(left.map(({ service }) => service.name))].sort().join(', ');
  return `None that was asked for: --service and --min-confidence leave out ${left.length} that behave like deposit accounts (${names}).`;
}

function showFound(
  wanted: readonly DepositFinding[],
  findings: readonly DepositFinding[],
  book: ReturnType<typeof createAssetBook>,
): string {
  if (findings.length === 0) return 'No account in the ledger paid a labelled account of an exchange or custodian.';
  const deposits = depositsOf(wanted);
  if (deposits.length === 0) return showNone(depositsOf(findings));
  const rows = deposits.map((deposit) => [
    formatAccount(deposit.account),
    deposit.service.name,
    deposit.confidence.toFixed(2),
    String(deposit.forwards.length),
    String(deposit.unexplained),
    showBest(deposit, book),
  ]);
  const head = [
    'account',
    'behaves like a deposit account of',
    'confidence',
    'forwards',
    'unexplained',
    'best forward',
  ];
  return table(head, rows, ['confidence', 'forwards', 'unexplained']);
}

function showBest({ forwards, confidence }: DepositAccount, book: ReturnType<typeof createAssetBook>): string {
  const best = forwards.find((forward) => forward.confidence === confidence);
  if (best === undefined) return '';
  const amount = showAmount(best.forwarded.amount, best.asset, book);
  return `${amount} in ${shortAccount(best.forwarded.tx)}, ${grouped(best.blocks)} blocks after it arrived`;
}

function showUndecided(findings: readonly DepositFinding[], each: boolean): string {
  const undecided = findings.flatMap((finding) => (finding.kind === 'undecided' ? [finding] : []));
  if (undecided.length === 0) return '';
  if (each)
    return undecided.map(({ account, because }) => `${formatAccount(account)}: not recognised: ${because}`).join('\n');
  const counts = new Map<string, number>();
  for (const { reason } of undecided) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const reasons = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([reason, count]) => `${count} ${reason}`);
  return `Not recognised: ${undecided.length} other accounts that paid an exchange (${reasons.join(', ')}). That does not say that they are none.`;
}

function readNumber(flag: string, text: string, most: number): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= most) return value;
  throw new CairnError('invalid-input', `${flag} takes a number from 0 to ${most}, not '${text}'`);
}
