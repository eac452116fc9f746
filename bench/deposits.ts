/**
 * How often is what the deposit heuristic recognises a deposit account, how many does it find, and why not the others? On a
 * made-up ledger whose accounts act by habits, so that the truth is known; then on the published flows of the Atomic Wallet theft.
 * `node bench/deposits.ts [--seed 1] [--quick] [--json]`
 */
import { parseArgs } from 'node:util';
import { VICTOR_BOUNDS } from '../core/src/clustering/index.ts';
import { judgeAtomicWallet } from './deposits-atomic.ts';
import { type Judged, judgeWorld } from './deposits-judge.ts';
import { makeDepositWorld } from './deposits-ledger.ts';
import { type Figure, print } from './figures.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
  },
});

const CUTS = [0, 0.5, 0.7, 0.9];

const world = makeDepositWorld(Number(values.seed), values.quick ? 100 : 1_000);
const judged = judgedBy(await judgeWorld(world));
// Victor's rule pairs one arrival with one forward; what that loses, and what it is right about that runs are not, shows here.
const oneToOne = judgedBy(await judgeWorld(world, { ...VICTOR_BOUNDS, maxSwept: 1 }));
const figures = [...byCut(), ...withoutRuns(), ...byKind(), ...byReason(), ...(await onAtomicWallet())];
print('deposits', figures, values.json);

type Account = { readonly what: string; readonly habit: string; readonly found: Judged };

function judgedBy(findings: Awaited<ReturnType<typeof judgeWorld>>): Account[] {
  return [...findings].map(([account, found]) => {
    const { what, habit } = world.truth.get(account) as { what: string; habit: string };
    return { what, habit, found };
  });
}

function withoutRuns(): Figure[] {
  const taken = oneToOne.filter(({ found }) => found.confidence !== null);
  const right = taken.filter(({ what }) => what === 'deposit').length;
  const all = oneToOne.filter(({ what }) => what === 'deposit').length;
  return [
    { name: 'one arrival a forward: recall', value: share(right, all) },
    { name: 'one arrival a forward: precision', value: share(right, taken.length) },
  ];
}

function byCut(): Figure[] {
  const deposits = judged.filter(({ what }) => what === 'deposit').length;
  return CUTS.flatMap((cut) => {
    const taken = judged.filter(({ found }) => found.confidence !== null && found.confidence >= cut);
    const right = taken.filter(({ what }) => what === 'deposit').length;
    const relays = taken.filter(({ what }) => what === 'relay').length;
    return [
      { name: `confidence ≥ ${cut}: recall`, value: share(right, deposits) },
      { name: `confidence ≥ ${cut}: precision`, value: share(right, taken.length) },
      { name: `confidence ≥ ${cut}: precision, private relays left out`, value: share(right, taken.length - relays) },
    ];
  });
}

function byKind(): Figure[] {
  return [...new Set(judged.map(({ habit }) => habit))].map((habit) => {
    const all = judged.filter((one) => one.habit === habit);
    const recognised = all.filter(({ found }) => found.confidence !== null).length;
    const name =
      all[0]?.what === 'deposit'
        ? `deposit accounts swept ${habit}: recognised`
        : `none (${habit}): wrongly recognised`;
    return { name, value: share(recognised, all.length) };
  });
}

function byReason(): Figure[] {
  const missed = judged.filter(({ what, found }) => what === 'deposit' && found.confidence === null);
  const reasons = Map.groupBy(missed, ({ found }: { found: Judged }) => found.reason);
  return [...reasons].map(([reason, all]) => ({
    name: `deposit accounts not recognised: ${reason}`,
    value: String(all.length),
  }));
}

async function onAtomicWallet(): Promise<Figure[]> {
  const { deposits, labels, findings } = await judgeAtomicWallet();
  const recognised = findings.flatMap((one) => (one.kind === 'deposit' ? [one.deposit.account] : []));
  const right = recognised.filter((account) => deposits.has(account)).length;
  const undecided = findings.flatMap((one) => (one.kind === 'undecided' && deposits.has(one.account) ? [one] : []));
  const reasons = [...Map.groupBy(undecided, ({ reason }) => reason)].map(([reason, all]) => `${all.length} ${reason}`);
  const otherwise = [...labels.keys()].filter((account) => !deposits.has(account));
  const wrong = otherwise.filter((account) => recognised.includes(account)).length;
  const unlabelled = recognised.filter((account) => !labels.has(account)).length;
  return [
    { name: 'Atomic Wallet: labelled deposit accounts recognised', value: share(right, deposits.size) },
    { name: 'Atomic Wallet: labelled deposit accounts undecided', value: reasons.join(', ') },
    { name: 'Atomic Wallet: recognised, labelled otherwise', value: share(wrong, otherwise.length) },
    { name: 'Atomic Wallet: recognised, without a label', value: share(unlabelled, findings.length - labels.size) },
  ];
}

function share(part: number, whole: number): string {
  return `${part}/${whole}${whole === 0 ? '' : ` (${((100 * part) / whole).toFixed(1)} %)`}`;
}
