import { CairnError } from '@cairn/core/errors';
import type { Command } from 'commander';
import { afterChange } from '../screen/after-change.ts';
import { reachOptions, showPlan, showSpent } from '../sources/reach.ts';
import { parsePolicies, type TraceFlags } from '../trace/request.ts';
import { planTrace, runTrace } from '../trace/run.ts';
import { claimsOf, showTrace } from '../trace/show.ts';
import { act, repeatable, verb } from './command.ts';

export function traceCommand(): Command {
  const command = verb('trace', 'follow what is declared stolen, and say where it was last seen', [
    'cairn trace --case bybit-2025 --policy all',
    'cairn trace --case bybit-2025 --no-crossings --json',
    'cairn trace --seed 0xb61413c4…:0 --policy fifo,pro-rata --max-hops 5',
    'cairn trace --stolen-account 0xbceaa004…@2018-07-09 --asset eth --instructed fifo --because "order of the court"',
    'cairn trace --transfers my.csv --labels my-labels.csv --seed 0x…:0 --bundle out.cairn',
    'cairn trace --source-of-funds --seed 0x…:0 --policy pro-rata',
  ])
    .option('--case <slug>', 'a shipped case, or the path of a case folder')
    .addOption(repeatable('--seed <tx[:n]>', 'a stolen transfer: transaction hash and position'))
    .addOption(
      repeatable('--stolen-account <account[@time]>', 'all an account holds at a time and receives from then on'),
    )
    .addOption(repeatable('--asset <asset>', 'which asset of them', 'every asset'))
    .option(
      '--policy <ids>',
      'allocation rules: fifo, lifo, pro-rata, tagged-first, untagged-first, poison, for Bitcoin highest-out (with a rule for other chains: highest-out+fifo), or all',
      'all',
    )
    .option('--instructed <policy>', 'the rule you were instructed to apply')
    .option('--because <text>', 'why that rule: the report prints it')
    .addOption(repeatable('--rule <account,asset=policy>', 'a rule for one holding'))
    .option('--max-hops <n>', 'book receipts this many hops from the seed and go no further')
    .option('--until <time>', 'leave out what happened later (Unix seconds or ISO 8601)')
    .addOption(repeatable('--min-amount <asset=decimal>', 'book smaller receipts and go no further'))
    .option('--max-accounts <n>', 'follow at most this many accounts')
    .option('--service-counterparties <n>', 'an account with more counterparties behaves like a service: stop there')
    .option('--service-transfers <n>', 'an account with more transfers behaves like a service: stop there')
    .option('--source-of-funds', 'where did it come from: the same machine with time reversed')
    .option('--crossings <file>', 'declared crossings (JSON)')
    .option('--no-crossings', "leave the case's declared crossings out")
    .option(
      '--follow-inferred',
      'follow crossings that are inferred, from amount and time or from a key that anyone could have written',
    )
    .addOption(repeatable('--look-through <txid>', 'a CoinJoin that is not to stop the trace, or all'))
    .option('--transfers <file>', 'trace this file, without a data directory')
    .option('--labels <file>', 'labels for --transfers, or beside those of the data directory')
    .option('--coverage <file>', 'coverage declarations for --transfers (JSON)')
    .option('--fetch', 'ask the sources for what the ledger lacks: see cairn sources, or name a node with --rpc')
    .option('--dry-run', 'with --fetch: say what would be asked for first, and ask for none of it')
    .option('--bundle <file>', 'write the result as a bundle that anyone can verify')
    .option('--sign-key <file>', 'sign the bundle with this Ed25519 key (signed-note form)');
  return act<TraceFlags>(reachOptions(command), async (context, flags) => {
    parsePolicies(flags.policy);
    if (flags.fetch === undefined && (flags.rpc !== undefined || flags.dryRun === true)) {
      throw new CairnError('invalid-input', '--rpc and --dry-run are about fetching', { hints: ['add --fetch'] });
    }
    if (flags.case === undefined && flags.seed.length === 0 && flags.stolenAccount.length === 0) {
      throw new CairnError('invalid-input', 'nothing is declared stolen', {
        hints: ['give --case SLUG, --seed TX[:n], or --stolen-account ACCOUNT[@time]'],
      });
    }
    if (flags.dryRun === true) {
      const plan = await planTrace(context, flags);
      context.print(showPlan(plan), plan);
      return 0;
    }
    const traced = await runTrace(context, flags);
    context.print(
      showTrace(traced.result, traced.notices, traced.book, claimsOf(traced.published), traced),
      traced.json,
    );
    if (traced.reach !== null) process.stderr.write(`${showSpent(traced.reach)}\n`);
    if (traced.hasIngested) await afterChange(context, 'ledger');
    // From a file there is no rejects file, and this is the first time that the rows are refused.
    const isCut = flags.transfers !== undefined && traced.notices.some(({ code }) => code === 'rows-rejected');
    return isCut ? 8 : 0;
  });
}
