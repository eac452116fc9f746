import { CairnError } from '@cairn/core/errors';
import { compareTransfers, type LedgerReader, type Transfer } from '@cairn/core/ledger';
import {
  type Crossing,
  GENERAL_POLICY_IDS,
  HOLDING_POLICY_IDS,
  type HoldingRule,
  type Limits,
  POLICY_IDS,
  type PolicyId,
  type Seed,
  type TraceRequest,
} from '@cairn/core/tracing';
import {
  type Account,
  type Asset,
  accountChain,
  formatAccount,
  isUtxoChain,
  parseAccount,
  parseAmount,
  parseDecimal,
  parseTime,
} from '@cairn/core/units';
import { parseTransactionName } from '../crossings/read-transaction.ts';
import type { ReachFlags } from '../sources/reach.ts';
import { type AssetBook, findAsset, showAmount } from './assets.ts';
import { lookThrough } from './crossing-flags.ts';

/** `cairn trace`'s options as commander hands them over. */
export type TraceFlags = Partial<ReachFlags> & {
  readonly fetch?: true;
  readonly case?: string;
  readonly seed: readonly string[];
  readonly stolenAccount: readonly string[];
  readonly asset: readonly string[];
  readonly policy: string;
  readonly instructed?: string;
  readonly because?: string;
  readonly rule: readonly string[];
  readonly maxHops?: string;
  readonly maxAccounts?: string;
  readonly until?: string;
  readonly minAmount: readonly string[];
  readonly serviceCounterparties?: string;
  readonly serviceTransfers?: string;
  readonly sourceOfFunds?: true;
  readonly crossings: string | boolean;
  readonly followInferred?: true;
  readonly lookThrough?: readonly string[];
  readonly transfers?: string;
  readonly labels?: string;
  readonly coverage?: string;
  readonly bundle?: string;
  readonly signKey?: string;
};

/** Which kinds of chain a trace has to do with. */
export type Reach = { readonly utxo: boolean; readonly accounts: boolean };

/** @param reach - of `all` it decides which rules there are to show. */
export function parsePolicies(text: string, { utxo, accounts }: Reach = { utxo: false, accounts: true }): PolicyId[] {
  if (text === 'all') {
    return [
      ...GENERAL_POLICY_IDS,
      ...(utxo ? [accounts ? ('highest-out/1+fifo/1' as const) : ('highest-out/1' as const)] : []),
    ];
  }
  return [...new Set(text.split(',').map((name) => parsePolicy(name.trim())))];
}

export function parsePolicy(name: string): PolicyId {
  const written = name.split('+').map((part) => (part.includes('/') ? part : `${part}/1`));
  const policy = POLICY_IDS.find((id) => id === written.join('+'));
  if (policy !== undefined) return policy;
  throw new CairnError('invalid-input', `unknown policy ${name}`, {
    hints: [`known: ${POLICY_IDS.join(', ')}, or all`],
  });
}

export function parseLimits(flags: TraceFlags, book: AssetBook): Limits {
  return {
    maxHops: count(flags.maxHops, '--max-hops'),
    maxAccounts: count(flags.maxAccounts, '--max-accounts'),
    until: flags.until === undefined ? null : parseTime(flags.until),
    minAmount: Object.fromEntries(flags.minAmount.map((text) => parseMinimum(text, book))),
    serviceCounterparties: count(flags.serviceCounterparties, '--service-counterparties'),
    serviceTransfers: count(flags.serviceTransfers, '--service-transfers'),
  };
}

function count(text: string | undefined, flag: string): number | null {
  if (text === undefined) return null;
  if (!/^[0-9]{1,9}$/.test(text)) throw new CairnError('invalid-input', `${flag} takes a whole number, not ${text}`);
  return Number(text);
}

/** `ASSET=DECIMAL`, or `ASSET=base:UNITS` where the decimals are not known. */
function parseMinimum(text: string, book: AssetBook): [Asset, bigint] {
  const at = text.lastIndexOf('=');
  if (at < 1) throw new CairnError('invalid-input', `--min-amount takes ASSET=AMOUNT, not ${text}`);
  const asset = findAsset(text.slice(0, at), book);
  const value = text.slice(at + 1);
  if (value.startsWith('base:')) return [asset, parseAmount(value.slice(5))];
  const decimals = book.get(asset)?.decimals ?? null;
  if (decimals === null) {
    throw new CairnError('invalid-input', `the decimals of ${asset} are not known`, {
      hints: [`give base units: --min-amount ${asset}=base:1000`],
    });
  }
  return [asset, parseDecimal(value, decimals)];
}

/** `ACCOUNT,ASSET=POLICY` */
export function parseRule(text: string, book: AssetBook): HoldingRule {
  const match = /^([^,]+),(.+)=([a-z-]+(?:\/1)?)$/.exec(text);
  if (match === null) throw new CairnError('invalid-input', `--rule takes ACCOUNT,ASSET=POLICY, not ${text}`);
  const [, account, asset, name] = match as unknown as [string, string, string, string];
  const policy = HOLDING_POLICY_IDS.find((id) => id === parsePolicy(name));
  if (policy === undefined) throw new CairnError('invalid-input', `${name} is not a rule for one holding`);
  return { account: parseAccount(account), asset: findAsset(asset, book), policy };
}

/** Seeds named on the command line. @throws not-found, or invalid-input listing the choices where `TX` alone is not one transfer. */
export async function parseSeeds(flags: TraceFlags, reader: LedgerReader, book: AssetBook): Promise<Seed[]> {
  const assets = flags.asset.map((text) => findAsset(text, book));
  const seeds: Seed[] = [];
  const hint =
    flags.fetch === true
      ? 'no source has it in a block up to which it was asked: is it of another chain, or still pending?'
      : 'ingest the file that holds it first, or ask a source for it: --fetch';
  for (const text of flags.seed) seeds.push(await transferSeed(text, reader, assets, book, hint));
  for (const text of flags.stolenAccount) {
    const at = text.indexOf('@');
    const account = parseAccount(at < 0 ? text : text.slice(0, at));
    const time = at < 0 ? null : parseTime(text.slice(at + 1));
    if (isUtxoChain(accountChain(account))) {
      seeds.push(...(await outputSeeds(account, time, reader)));
      continue;
    }
    const held = assets.length > 0 ? assets : await assetsOf(account, reader);
    for (const asset of held) seeds.push({ kind: 'account', tag: `${account}/${asset}`, account, asset, at: time });
  }
  return seeds;
}

/** What someone who can spend outputs holds at a time and receives from then on: each output is a seed, under one tag. */
async function outputSeeds(owner: Account, time: number | null, reader: LedgerReader): Promise<Seed[]> {
  const made = new Map<Account, Transfer>();
  const spentAt = new Map<Account, number>();
  const all = { accounts: [owner], assets: null, until: null, limitPerAccount: null };
  await reader.histories(all, (_, transfer) => {
    if (transfer.kind === 'output') made.set(transfer.to, transfer);
    if (transfer.kind === 'input') spentAt.set(transfer.from, transfer.blockTime);
  });
  const isWanted = ({ to }: Transfer): boolean => time === null || (spentAt.get(to) ?? time) >= time;
  const seeds = [...made.values()].filter(isWanted).sort(compareTransfers);
  if (seeds.length === 0)
    throw new CairnError('not-found', `the ledger has no output of ${formatAccount(owner)} at that time or later`);
  return seeds.map(({ tx, position, asset }) => ({
    kind: 'transfer',
    tag: `${owner}/${asset}`,
    transfer: { tx, position },
    amount: null,
  }));
}

async function transferSeed(
  text: string,
  reader: LedgerReader,
  assets: readonly Asset[],
  book: AssetBook,
  hint: string,
): Promise<Seed> {
  const match = /^(.*[0-9a-fA-F]{64})(?::(-?[0-9]{1,9}))?$/.exec(text);
  if (match === null) {
    throw new CairnError(
      'invalid-input',
      `--seed takes a transaction hash, HASH:POSITION or btc:TXID:OUTPUT, not ${text}`,
    );
  }
  const { hashes, chain } = parseTransactionName(match[1] as string);
  const transfers = (await reader.transactions(hashes)).filter((each) => chain === null || each.chain === chain);
  if (transfers.length === 0) {
    throw new CairnError('not-found', `the ledger has no transaction ${match[1]}`, {
      hints: [hint],
    });
  }
  const wanted = (transfer: Transfer): boolean =>
    match[2] === undefined
      ? transfer.amount > 0n &&
        !['fee', 'input'].includes(transfer.kind) &&
        (assets.length === 0 || assets.includes(transfer.asset))
      : transfer.position === Number(match[2]);
  const found = transfers.filter(wanted);
  const [transfer] = found;
  if (transfer === undefined || found.length > 1) throw notOneTransfer(text, found, transfers, book);
  const { tx, position } = transfer;
  return { kind: 'transfer', tag: `${tx}:${position}/${transfer.asset}`, transfer: { tx, position }, amount: null };
}

function notOneTransfer(
  text: string,
  found: readonly Transfer[],
  transfers: readonly Transfer[],
  book: AssetBook,
): CairnError {
  const line = (t: Transfer): string => {
    const amount = `${t.tx}:${t.position} ${t.kind === 'fee' ? 'fee of ' : ''}${showAmount(t.amount, t.asset, book)}`;
    if (t.kind !== 'input' && t.kind !== 'output')
      return `${amount} from ${formatAccount(t.from)} to ${formatAccount(t.to)}`;
    return `${amount} ${t.kind === 'input' ? 'spent by' : 'to'} ${formatAccount(t.lock?.owner ?? t.to)}`;
  };
  return found.length === 0
    ? new CairnError('not-found', `no transfer of the transaction fits ${text}`, {
        hints: ['it has:', ...transfers.map(line)],
      })
    : new CairnError('invalid-input', `${text} is ${found.length} transfers: name one by its position`, {
        hints: found.map(line),
      });
}

async function assetsOf(account: Account, reader: LedgerReader): Promise<Asset[]> {
  const assets = new Set<Asset>();
  const all = { accounts: [account], assets: null, until: null, limitPerAccount: null };
  await reader.histories(all, (_, transfer) => assets.add(transfer.asset));
  if (assets.size === 0) throw new CairnError('not-found', `the ledger has no transfer of ${account}`);
  return [...assets].sort();
}

/** A theft's name ends with the asset that was stolen. */
const UTXO_TAG = /\/bip122:[^/]+\/[^/]+$/;

export function assembleRequest(
  flags: TraceFlags,
  seeds: readonly Seed[],
  crossings: readonly Crossing[],
  book: AssetBook,
): TraceRequest {
  const because = flags.because?.trim() ?? '';
  if ((flags.instructed === undefined) !== (because === '')) {
    throw new CairnError(
      'invalid-input',
      '--instructed and --because go together: a rule is named with the reason it was chosen',
    );
  }
  const instructed = flags.instructed === undefined ? null : parsePolicy(flags.instructed);
  const isUtxo = seeds.map(({ tag }) => UTXO_TAG.test(tag));
  const policies = parsePolicies(flags.policy, { utxo: isUtxo.includes(true), accounts: isUtxo.includes(false) });
  return {
    direction: flags.sourceOfFunds ? 'source-of-funds' : 'forward',
    seeds,
    policies: instructed === null || policies.includes(instructed) ? policies : [...policies, instructed],
    instructed: instructed === null ? null : { policy: instructed, because },
    rules: flags.rule.map((text) => parseRule(text, book)),
    limits: parseLimits(flags, book),
    crossings,
    ...lookThrough(flags),
  };
}
