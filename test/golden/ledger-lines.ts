import { feeSink, type Transfer } from '../../core/src/ledger/index.ts';
import { NO_LIMITS, GENERAL_POLICY_IDS, type TraceRequest } from '../../core/src/tracing/request.ts';
import type { Run, TagResult } from '../../core/src/tracing/result.ts';
import type { Account, Asset } from '../../core/src/units/index.ts';

const CHAIN = 'eip155:1';
const hexOf = (name: string, digits: number) => `0x${Buffer.from(name).toString('hex').padStart(digits, '0')}`;

/** An account that spells its name in hex, so that ledgers read as sentences. */
export const account = (name: string): Account => (name === 'fee' ? feeSink(CHAIN) : `${CHAIN}:${hexOf(name, 40)}`);
export const asset = (name: string): Asset =>
  name === 'ETH' ? `${CHAIN}/slip44:60` : `${CHAIN}/erc20:${hexOf(name, 40)}`;
export const tx = (name: string): string => hexOf(name, 64);
const readHex = (text: string) =>
  Buffer.from(text.slice(text.indexOf('0x') + 2), 'hex')
    .toString()
    .replaceAll('\0', '');
const shortAccount = (id: Account) => (id.endsWith(':fee') ? 'fee' : readHex(id));
const shortAsset = (id: Asset) => (id.includes('/slip44:') ? 'ETH' : readHex(id));

/** One transfer a line: `<block> <transaction>:<position> <from> > <to> <amount> [<asset>]`. Block n bears time 10·n. */
export function ledger(lines: string): Transfer[] {
  const indices = new Map<string, number>();
  return lines
    .trim()
    .split('\n')
    .map((line) => {
      const [block = '', place = '', from = '', , to = '', amount = '', unit = 'ETH'] = line.trim().split(/\s+/);
      const [name = '', position = ''] = place.split(':');
      const inBlock = [...indices.keys()].filter((known) => known.startsWith(`${block}/`));
      if (!indices.has(`${block}/${name}`)) indices.set(`${block}/${name}`, inBlock.length);
      return {
        chain: CHAIN,
        blockNumber: Number(block),
        txIndex: indices.get(`${block}/${name}`) as number,
        position: Number(position),
        blockTime: 10 * Number(block),
        tx: tx(name),
        from: account(from),
        to: account(to),
        asset: asset(unit),
        amount: BigInt(amount),
        kind: to === 'fee' ? 'fee' : unit === 'ETH' ? 'native' : 'token',
        assigned: 'none',
        rounded: false,
      };
    });
}

export const ask = (request: Partial<TraceRequest> & Pick<TraceRequest, 'seeds'>): TraceRequest => ({
  direction: 'forward',
  policies: GENERAL_POLICY_IDS,
  instructed: null,
  rules: [],
  limits: NO_LIMITS,
  crossings: [],
  ...request,
});

/** Seeds transfer `name:position` (all of it, or its first `amount`). */
export function stolen(place: string, tag = 'a', amount: bigint | null = null): TraceRequest['seeds'][number] {
  const [name = '', position = '0'] = place.split(':');
  return { kind: 'transfer', tag, transfer: { tx: tx(name), position: Number(position) }, amount };
}

export const stolenAccount = (name: string, tag = 'a', at: number | null = null): TraceRequest['seeds'][number] => ({
  kind: 'account',
  tag,
  account: account(name),
  asset: asset('ETH'),
  at,
});

function tagOf(runs: readonly Run[], policy: string, tag: string): TagResult {
  const found = runs.find((run) => run.policy === policy)?.tags.find((candidate) => candidate.tag === tag);
  if (found === undefined) throw new Error(`no ${tag} under ${policy}`);
  return found;
}

/** Where a tag's value is, in origin units: `{ A: 20n, 'X label:exchange': 70n, fees: 3n }`; zeros left out. */
export function whereabouts(runs: readonly Run[], policy: string, tag = 'a'): Record<string, bigint | null> {
  const { holdings, terminals, fees } = tagOf(runs, policy, tag);
  const unit = (id: Asset) => (shortAsset(id) === 'ETH' ? '' : ` ${shortAsset(id)}`);
  return Object.fromEntries([
    ...holdings.map((row) => [shortAccount(row.account) + unit(row.asset), row.origin]),
    ...terminals.map((row) => [`${shortAccount(row.account)}${unit(row.asset)} ${row.reason}`, row.origin]),
    ...(fees === 0n ? [] : [['fees', fees]]),
  ]);
}

export function totals(runs: readonly Run[], policy: string, tag = 'a') {
  const { stolen: sum, overlap, reentered, held, lastSeen } = tagOf(runs, policy, tag);
  return { stolen: sum, overlap, reentered, held, lastSeen };
}

export const gaps = (runs: readonly Run[], policy: string) =>
  runs.find((run) => run.policy === policy)?.gaps.map((gap) => `${shortAccount(gap.account)} ${gap.shortfall}`);

export const touched = (runs: readonly Run[]) =>
  runs
    .find((run) => run.policy === 'poison/1')
    ?.touched.map((row) => `${shortAccount(row.account)} ${row.depth} ${row.reason ?? 'followed'} ${row.gross}`);

export const edges = (runs: readonly Run[], policy: string, tag = 'a') =>
  tagOf(runs, policy, tag).edges.map(
    (edge) =>
      `${shortAccount(edge.from)} > ${shortAccount(edge.to)} ${edge.amount} ${shortAsset(edge.asset)} = ${edge.origin}`,
  );
