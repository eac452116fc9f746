/**
 * How often is what the deposit heuristic recognises a deposit account, how many does it find, and why not the others? On a
 * made-up ledger whose accounts act by habits, so that the truth is known.
 * `node bench/deposits.ts [--seed 1] [--quick] [--json]`
 */
import { parseArgs } from 'node:util';
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
const judged = [...(await judgeWorld(world))].map(([account, found]) => {
  const { what, habit } = world.truth.get(account) as { what: string; habit: string };
  return { what, habit, found };
});
print('deposits', [...byCut(), ...byKind(), ...byReason()], values.json);

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

function share(part: number, whole: number): string {
  return `${part}/${whole}${whole === 0 ? '' : ` (${((100 * part) / whole).toFixed(1)} %)`}`;
}
