import { statedTime } from '../ledger/index.ts';
import type { Run, TagResult } from '../tracing/index.ts';
import { type Account, type Asset, formatAccount, formatTime } from '../units/index.ts';
import type { ReportContext } from './context.ts';
import type { FigureRow } from './model.ts';

/** Every figure of every rule with its transactions, then the transfers they come from: the rows of the figures file. */
export function listFigures(context: ReportContext): FigureRow[] {
  return [
    ...context.result.runs.flatMap((run) => [
      ...run.tags.flatMap((tag) => tagRows(context, run, tag)),
      ...run.touched.map((touched) =>
        row({
          record: 'touched',
          policy: run.policy,
          tag: touched.tag,
          figure: touched.reason ?? 'followed',
          ...accounts(context, touched.account),
          asset: touched.asset,
          amount: `${touched.gross}`,
          amountDecimal: context.names.decimal(touched.gross, touched.asset),
        }),
      ),
      ...run.gaps.map((gap) =>
        row({
          record: 'gap',
          policy: run.policy,
          figure: 'shortfall',
          ...accounts(context, gap.account),
          asset: gap.asset,
          amount: `${gap.shortfall}`,
          amountDecimal: context.names.decimal(gap.shortfall, gap.asset),
          time: time(context, gap.transaction),
          transactions: `${gap.transaction}:${gap.position}`,
        }),
      ),
    ]),
    ...context.result.consumed.map((transfer) =>
      row({
        record: 'transfer',
        figure: transfer.kind,
        ...accounts(context, transfer.from, transfer.to),
        asset: transfer.asset,
        amount: `${transfer.amount}`,
        amountDecimal: context.names.decimal(transfer.amount, transfer.asset),
        time: time(context, transfer.tx),
        transactions: `${transfer.tx}:${transfer.position}`,
      }),
    ),
  ];
}

function tagRows(context: ReportContext, { policy }: Run, tag: TagResult): FigureRow[] {
  const { names, forward } = context;
  const totals = (['stolen', 'held', 'lastSeen', 'fees', 'overlap', 'reentered'] as const).map((figure) =>
    row({
      record: 'total',
      policy,
      tag: tag.tag,
      figure,
      asset: tag.asset,
      ...value(context, null, null, tag[figure], tag.asset),
    }),
  );
  const place = (account: Account, asset: Asset, amount: bigint | null, origin: bigint | null) => ({
    policy,
    tag: tag.tag,
    ...accounts(context, account),
    asset,
    ...value(context, amount, asset, origin, tag.asset),
    restsOnDeclared: context.marks.has(account, asset) ? 'yes' : 'no',
    transactions: tag.edges
      .filter((edge) => edge.asset === asset && (forward ? edge.to : edge.from) === account)
      .flatMap(({ transactions }) => transactions)
      .join(' '),
  });
  return [
    ...totals,
    ...tag.holdings.map((h) =>
      row({ record: 'holding', figure: h.status, ...place(h.account, h.asset, h.amount, h.origin) }),
    ),
    ...tag.terminals.map((t) =>
      row({ record: 'terminal', figure: t.reason, ...place(t.account, t.asset, t.amount, t.origin) }),
    ),
    ...tag.edges.map((edge) =>
      row({
        record: 'edge',
        policy,
        tag: tag.tag,
        figure: 'moved',
        ...accounts(context, edge.from, edge.to),
        asset: edge.asset,
        ...value(context, edge.amount, edge.asset, edge.origin, tag.asset),
        amountDecimal: names.decimal(edge.amount, edge.asset),
        restsOnDeclared: context.marks.hasMove(edge.from, edge.to, edge.asset) ? 'yes' : 'no',
        transactions: edge.transactions.join(' '),
      }),
    ),
  ];
}

function value(
  { names }: ReportContext,
  amount: bigint | null,
  asset: Asset | null,
  origin: bigint | null,
  stolen: Asset,
) {
  return {
    amount: amount === null ? '' : `${amount}`,
    amountDecimal: asset === null ? '' : names.decimal(amount, asset),
    origin: origin === null ? '' : `${origin}`,
    originDecimal: names.decimal(origin, stolen),
  };
}

/** Accounts as references, and the addresses that outputs were made to. */
function accounts({ names }: ReportContext, account: Account, to?: Account) {
  const written = (one: Account | null | undefined): string => (one == null ? '' : formatAccount(one));
  return {
    account: formatAccount(account),
    to: written(to),
    address: written(names.address(account)),
    toAddress: to === undefined ? '' : written(names.address(to)),
  };
}

function time({ timeOf }: ReportContext, tx: string): string {
  const at = timeOf(tx);
  return at === null || statedTime({ blockTime: at }) === null ? '' : formatTime(at);
}

const EMPTY: Omit<FigureRow, 'record'> = {
  policy: '',
  tag: '',
  figure: '',
  account: '',
  to: '',
  asset: '',
  amount: '',
  amountDecimal: '',
  origin: '',
  originDecimal: '',
  restsOnDeclared: '',
  time: '',
  transactions: '',
  address: '',
  toAddress: '',
};

function row(filled: Partial<FigureRow> & Pick<FigureRow, 'record'>): FigureRow {
  return { ...EMPTY, ...filled };
}
