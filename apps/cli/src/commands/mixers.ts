import { CairnError } from '@cairn/core/errors';
import {
  createTornadoIndex,
  measureCoinjoins,
  type PoolDeposit,
  type PoolRecord,
  type TornadoIndex,
  withTransactions,
} from '@cairn/core/tracing';
import type { Command } from 'commander';
import { readSamples } from '../mixers/labelled-files.ts';
import { readPools, readTransactionFacts } from '../mixers/pool-files.ts';
import { showCoinjoins } from '../mixers/show-coinjoins.ts';
import { showCandidates, showCounts } from '../mixers/show-tornado.ts';
import { act, repeatable, verb, withVerbs } from './command.ts';

export function mixersCommand(): Command {
  return withVerbs(
    verb('mixers', 'CoinJoin shapes and Tornado Cash: how sure recognition is, and candidates that are no links', [
      'cairn mixers coinjoin labelled.csv.gz block481829.dat',
      'cairn mixers tornado deposits_1_eth_100.json.gz withdrawals_1_eth_100.json.gz',
    ]),
    [coinjoin(), tornado()],
  );
}

function coinjoin(): Command {
  const command = verb('coinjoin', 'how often each CoinJoin rule agrees with labelled transactions', [
    'cairn mixers coinjoin test/data/bitcoin/coinjoin/labelled.csv.gz test/data/bitcoin/blocks/*.dat',
  ]).argument(
    '<file...>',
    'labelled sets (CSV, packed or not) and Bitcoin blocks, whose transactions count as ordinary',
  );
  return act(command, async ({ print }, _flags, args) => {
    const measure = measureCoinjoins(args.flatMap(readSamples));
    print(showCoinjoins(measure), measure);
    return 0;
  });
}

type TornadoFlags = { readonly deposit: readonly string[]; readonly transactions: readonly string[] };

function tornado(): Command {
  const command = verb('tornado', 'how often the published heuristics fire, and the candidates for a deposit', [
    'cairn mixers tornado test/data/tornado/*_1_eth_*.json.gz',
    'cairn mixers tornado *_eth_100.json.gz --transactions calldata.json --deposit 0x344b8c89…',
    'cairn mixers tornado *_eth_100.json.gz --deposit "100 ETH:26026"',
  ])
    .argument('<file...>', 'deposits_1_eth_100.json(.gz) and withdrawals_1_eth_100.json(.gz), a pair a pool')
    .addOption(repeatable('--deposit <tx>', 'list its candidates; a transaction, or POOL:LEAF'))
    .addOption(
      repeatable('--transactions <file>', 'JSON of transactions: senders and prices of gas that the events lack'),
    );
  return act<TornadoFlags>(command, async ({ print }, flags, args) => {
    const facts = new Map(flags.transactions.flatMap((path) => [...readTransactionFacts(path)]));
    const pools = readPools(args).map((record) => withTransactions(record, facts));
    const index = createTornadoIndex(pools);
    const wanted = flags.deposit.flatMap((text) => depositsNamed(text, pools, index));
    if (wanted.length === 0) {
      const counts = index.counts();
      print(showCounts(pools, counts), { pools: pools.map(summary), counts });
      return 0;
    }
    const found = wanted.map(({ pool, index: leaf }) => index.candidatesFor(pool, leaf));
    print(found.map((one) => showCandidates(nameOf(one.deposit, pools), one)).join('\n\n'), { candidates: found });
    return 0;
  });
}

function depositsNamed(text: string, pools: readonly PoolRecord[], index: TornadoIndex): readonly PoolDeposit[] {
  const [, name, leaf] = /^(.+):([0-9]+)$/.exec(text) ?? [];
  const pool = pools.find((record) => record.name === name);
  const deposit = pool?.deposits[Number(leaf)];
  const found = deposit === undefined ? index.depositsOf(text.toLowerCase()) : [deposit];
  if (found.length > 0) return found;
  throw new CairnError('not-found', `no deposit ${text} is in these files`, {
    hints: ['a transaction hash in full, or the pool and the leaf: "100 ETH:26026"'],
  });
}

function nameOf({ pool }: PoolDeposit, pools: readonly PoolRecord[]): string {
  return pools.find((record) => record.pool === pool)?.name ?? pool;
}

function summary({ pool, name, deposits, withdrawals, withdrawalsFrom, until }: PoolRecord) {
  return { pool, name, deposits: deposits.length, withdrawals: withdrawals.length, withdrawalsFrom, until };
}
