import { join } from 'node:path';
import { type Gap, importPublishedFlows, listDepositAccounts, sumFlows } from '@cairn/core/tracing';
import { type Account, type Asset, formatAccount } from '@cairn/core/units';
import type { Command } from 'commander';
import { makeDirectory, readText } from '../data/data-directory.ts';
import { isLedgerCase, isPublishedFlowCase, loadCase, shippedCases } from '../data/shipped.ts';
import { demoRecord } from '../incidents/demo.ts';
import { writeReport } from '../report/write.ts';
import { demoScreening } from '../screen/demo.ts';
import type { Context } from '../terminal/context.ts';
import { shortAccount, table } from '../terminal/table.ts';
import { type AssetBook, showAmount } from '../trace/assets.ts';
import type { TraceFlags } from '../trace/request.ts';
import { runTrace, type Traced } from '../trace/run.ts';
import { claimsOf, showTrace, theftName } from '../trace/show.ts';
import { showVerification, verificationExit } from '../trace/show-verification.ts';
import { act, verb } from './command.ts';
import { verifyFile } from './verify.ts';

const ALL_RULES: TraceFlags = {
  seed: [],
  stolenAccount: [],
  asset: [],
  policy: 'all',
  rule: [],
  minAmount: [],
  crossings: true,
};

export function demoCommand(): Command {
  const command = verb(
    'demo',
    'the main job on what ships: the record; ingest, trace, bundle, verify, report; and screening',
    ['cairn demo', 'cairn demo --data /tmp/cairn-demo'],
  );
  return act(command, async (context) => {
    const out = join(context.data, 'demo');
    makeDirectory(out);
    const parts: string[] = [];
    const values: unknown[] = [];
    const record = demoRecord();
    parts.push(record.text);
    values.push({ record: record.value });
    for (const slug of shippedCases()) {
      const folder = loadCase(slug);
      const shown = isLedgerCase(folder) ? await demoLedgerCase(context, slug, out) : demoPublishedFlow(slug);
      parts.push(`━━ ${folder.case.title} (${slug})\n\n${folder.case.summary}\n\n${shown.text}`);
      values.push({ case: slug, ...shown.value });
      if (shown.failed) {
        context.print(parts.join('\n\n'), values);
        return 7;
      }
    }
    const screened = await demoScreening(context);
    parts.push(screened.text, nextSteps(out));
    values.push({ screening: screened.value });
    context.print(parts.join('\n'), values);
    return 0;
  });
}

type Shown = { readonly text: string; readonly value: object; readonly failed: boolean };

async function demoLedgerCase(context: Context, slug: string, out: string): Promise<Shown> {
  const bundle = join(out, `${slug}.cairn`);
  const pdf = join(out, `${slug}.pdf`);
  const traced = await runTrace(context, { ...ALL_RULES, case: slug, bundle });
  const verification = await verifyFile(bundle, {
    checkers: { chain: null, sources: [] },
    keys: [],
    signal: context.signal,
  });
  await writeReport(verification, { pdf });
  const without = traced.result.crossings.length === 0 ? '' : await withoutCrossings(context, slug, traced);
  const text = [
    showTrace(traced.result, traced.notices, traced.book, claimsOf(traced.published)),
    without,
    `Verification of ${bundle}\n\n${showVerification(verification)}`,
    `Report: ${pdf}\n`,
  ];
  const { digest } = traced.result;
  const { arithmetic, authenticity, completeness } = verification;
  const answers = { arithmetic: arithmetic.ok, authenticity: authenticity.status, completeness: completeness.status };
  return {
    text: text.filter((part) => part !== '').join('\n'),
    value: { bundle, pdf, digest, ...answers },
    failed: verificationExit(verification) !== 0,
  };
}

/** The same trace resting on the ledger alone, beside the one that follows declared crossings. */
async function withoutCrossings(context: Context, slug: string, traced: Traced): Promise<string> {
  const bare = await runTrace(context, { ...ALL_RULES, case: slug, crossings: false });
  const policy = traced.result.parameters.instructed?.policy ?? traced.result.runs[0]?.policy;
  const [one, two] = [traced, bare].map((t) => t.result.runs.find((run) => run.policy === policy));
  const rows = (one?.tags ?? []).map((tag) => {
    const other = two?.tags.find((t) => t.tag === tag.tag);
    const count = (t: typeof tag | undefined): string =>
      `${t?.holdings.length ?? 0} holdings, ${t?.terminals.length ?? 0} terminals`;
    return [theftName(tag, traced.book), count(tag), count(other)];
  });
  const title = `Declared crossings are assumptions: ${traced.result.crossings.length} are followed above, and every figure behind them rests on them.`;
  const gaps = gapRows(one?.gaps ?? [], two?.gaps ?? [], traced.book);
  const shortfalls = `Spent beyond what the record brought in, under ${policy}\n\n${table(['account', 'with them', 'without'], gaps, ['with them', 'without'])}`;
  return `${title}\n\n${table(['theft', 'with them', 'without'], rows)}\n\n${shortfalls}\n`;
}

/** Gaps by account and asset, with declared crossings and without. */
function gapRows(withThem: readonly Gap[], without: readonly Gap[], book: AssetBook): string[][] {
  const keys = [...new Set([...withThem, ...without].map(({ account, asset }) => `${account} ${asset}`))].sort();
  return keys.map((key) => {
    const [account, asset] = key.split(' ') as [Account, Asset];
    const total = (gaps: readonly Gap[]): string => {
      const own = gaps.filter((gap) => gap.account === account && gap.asset === asset);
      return showAmount(
        own.reduce((sum, gap) => sum + gap.shortfall, 0n),
        asset,
        book,
      );
    };
    return [shortAccount(formatAccount(account)), total(withThem), total(without)];
  });
}

/** Somebody else's verified trace in US dollars: shown as claims, never mixed with figures computed here. */
function demoPublishedFlow(slug: string): Shown {
  const folder = loadCase(slug);
  if (!isPublishedFlowCase(folder)) return { text: '', value: {}, failed: false };
  const { flows: files, chain, publisher } = folder.case;
  const read = (path: string): string => readText(join(folder.folder, path));
  const flows = importPublishedFlows(
    { records: read(files.records), sources: read(files.sources), terminals: read(files.terminals) },
    chain,
  );
  const totals = sumFlows(flows);
  const deposits = listDepositAccounts(flows);
  const rows = deposits
    .slice(0, 8)
    .map((d) => [
      d.service,
      shortAccount(formatAccount(d.account)),
      dollars(d.usdCents),
      String(d.transactions.length),
    ]);
  const text = [
    `Claims of ${publisher}, not computed by Cairn: ${flows.claims.length} flows, ${dollars(totals.outOfSources)} out of the sources, ` +
      `${dollars(totals.intoTerminals)} into the terminals (of which ${dollars(totals.betweenTerminals)} counted twice).`,
    `Accounts the publisher labels as deposit accounts of services, ${rows.length} of ${deposits.length} shown:\n`,
    table(['service', 'account', 'claimed to have received', 'transactions'], rows, [
      'claimed to have received',
      'transactions',
    ]),
  ].join('\n');
  return {
    text: `${text}\n`,
    value: { claims: flows.claims.length, totals, deposits: deposits.length },
    failed: false,
  };
}

function dollars(cents: bigint): string {
  const text = cents.toString().padStart(3, '0');
  return `$${text.slice(0, -2).replace(/\B(?=(\d{3})+(?!\d))/g, ',')}.${text.slice(-2)}`;
}

function nextSteps(out: string): string {
  return [
    '━━ What to do next',
    '',
    `  Read the reports in ${out}, and check them: cairn verify ${join(out, 'bybit-2025.cairn')}`,
    '  See an account:        cairn accounts 0x47666fab8bd0ac7003bce3f5c3585383f09486e2 --transfers',
    '  Bring your own record: cairn ingest FILE…  then  cairn trace --seed TX --policy all --bundle out.cairn',
    '  Screen an account, a name or a file: cairn screen SUBJECT   (which lists are held, how old: cairn lists)',
    '  Without a data directory: cairn trace --transfers FILE --labels FILE --seed TX',
  ].join('\n');
}
