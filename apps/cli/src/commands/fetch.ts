import { createHash } from 'node:crypto';
import { CairnError } from '@cairn/core/errors';
import type { Coverage, LedgerStore } from '@cairn/core/ledger';
import { type Proof, proveCoverage } from '@cairn/core/tracing/bundle';
import { type Account, accountChain, formatAccount, parseAccount } from '@cairn/core/units';
import type { Command } from 'commander';
import { openDataDirectory } from '../data/data-directory.ts';
import { afterChange } from '../screen/after-change.ts';
import {
  openNode,
  openReach,
  openSources,
  planFrom,
  type ReachFlags,
  reachOptions,
  showPlan,
  showSpent,
} from '../sources/reach.ts';
import type { Context } from '../terminal/context.ts';
import { table } from '../terminal/table.ts';
import { act, verb } from './command.ts';

export function fetchCommand(): Command {
  const command = verb('fetch', 'bring what accounts did from nodes and explorers into the ledger', [
    'cairn fetch 0x47666fab8bd0ac7003bce3f5c3585383f09486e2 --rpc http://127.0.0.1:8545',
    'cairn fetch bc1q… tron:T… --at-block 21895238',
    'cairn fetch 0x098b716b… --source my-node --json',
  ]).argument('<account...>', 'accounts whose whole record is wanted');
  command.option('--dry-run', 'say what would be asked for, and ask for none of it');
  command.option(
    '--prove',
    'hold the record against balances and nonces at the last block, and declare what comes of it',
  );
  return act<ReachFlags & { readonly prove?: true }>(reachOptions(command), async (context, flags, texts) => {
    const accounts = texts.map((text) => parseAccount(text));
    const store = await openDataDirectory(context.data).openLedger();
    try {
      if (flags.dryRun === true) {
        const planner = await planFrom(store, await openSources(context, flags), flags);
        await planner.histories({ accounts, assets: null, until: null, limitPerAccount: null }, () => {});
        const plan = await planner.plan();
        context.print(showPlan(plan), plan);
        return 0;
      }
      const reach = await openReach(context, store, flags);
      try {
        const foreign = accounts.find((account) => !reach.pins.has(accountChain(account)));
        if (foreign !== undefined) {
          throw new CairnError('invalid-input', `no source is of the chain of ${formatAccount(foreign)}`, {
            hints: ['cairn sources lists those there are'],
          });
        }
        await reach.ledger.fetch(accounts, null);
      } finally {
        reach.done();
      }
      const proof = flags.prove === true ? await prove(context, store, accounts, flags) : null;
      const coverage = await store.coverage(accounts);
      const found = accounts.map((account) => ({
        account,
        coverage: coverage.filter((one) => one.account === account),
      }));
      const told = [showCoverage(found), ...(proof === null ? [] : [showProof(proof)]), showSpent(reach)];
      context.print(told.join('\n'), {
        accounts: found,
        findings: proof?.findings ?? null,
        pins: [...reach.pins.values()],
        spent: reach.spent(),
      });
    } finally {
      await store.close();
    }
    await afterChange(context, 'ledger');
    return 0;
  });
}

/** Declares what the chain says of the accounts' records. */
async function prove(
  context: Context,
  store: LedgerStore,
  accounts: readonly Account[],
  flags: ReachFlags,
): Promise<Proof> {
  const [source] = flags.source;
  const chain = await openNode(context, flags);
  const proof = await proveCoverage(store, accounts, null, chain);
  const file = `balances at ${flags.rpc === undefined ? (source ?? chain.chain) : new URL(flags.rpc).host}`;
  const identity = `${file} ${Date.now()}`;
  const session = await store.beginImport({
    sha256: createHash('sha256').update(identity).digest('hex'),
    file,
    format: 'balances',
  });
  await session.commit({ rejected: 0, coverage: proof.coverage.map((declared) => ({ ...declared, source: file })) });
  return proof;
}

function showProof({ findings }: Proof): string {
  const rows = findings.map(({ account, asset, status, closingBlock, reasons }) => [
    formatAccount(account),
    asset,
    String(closingBlock),
    status === 'agrees' ? 'agrees with the chain' : status === 'incomplete' ? 'REFUTED' : 'not proven',
    reasons.join(' '),
  ]);
  return table(['account', 'asset', 'at block', 'record', 'why'], rows);
}

/** What a declaration says of the record: a check's, or a source's claim. */
function recordOf(basis: Coverage['basis'], truncated: boolean): string {
  if (basis === 'balance-agrees' || basis === 'nonce-complete')
    return truncated ? 'REFUTED by the chain' : 'the chain agrees';
  return truncated ? 'truncated: there is more' : 'complete, as the source says';
}

type Found = { readonly account: Account; readonly coverage: readonly Coverage[] };

function showCoverage(found: readonly Found[]): string {
  const rows = found.flatMap(({ account, coverage }) =>
    coverage.length === 0
      ? [[formatAccount(account), '', '', 'nothing is declared of this account alone', '']]
      : coverage.map(({ fromBlock, toBlock, basis, truncated, source }) => [
          formatAccount(account),
          `${fromBlock ?? 'first'}–${toBlock ?? '?'}`,
          basis,
          recordOf(basis, truncated),
          source,
        ]),
  );
  return table(['account', 'blocks', 'basis', 'record', 'source'], rows);
}
