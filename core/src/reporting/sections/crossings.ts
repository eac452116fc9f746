import { provenCrossings } from '../../tracing/bundle/index.ts';
import { type Crossing, PROTOCOLS } from '../../tracing/index.ts';
import type { Account, Asset } from '../../units/index.ts';
import type { ReportContext } from '../context.ts';
import { DECLARED_MARK } from '../marks.ts';
import type { Block, Cell, Section, Span } from '../model.ts';
import { chainName, timeText } from '../names.ts';
import { code, column, count, heading, lines, paragraph, span, strong, table } from '../text.ts';

/** Crossings listed in the report; `crossings.json` of the bundle has all. */
const MOST = 400;

/** Section 6: how value went from one asset or chain to another, and what shows that the two sides are one. */
export function crossingsSection(context: ReportContext): Section {
  const section = { id: 'crossings', title: 'Crossings', landscape: true };
  const { crossings } = context.result;
  if (crossings.length === 0) {
    const none = 'None. Value that went into a venue and may have come out elsewhere was not followed through it.';
    return { ...section, blocks: [paragraph(none)] };
  }
  return {
    ...section,
    blocks: [
      paragraph(
        'A crossing says that value which went in at one place came out at another, in another asset or on another chain. Each stands on one of three grounds. ',
        strong('Exact'),
        ': the records of the transactions themselves show both, or join the two by a key of the protocol’s. ',
        strong('Declared'),
        ': an investigator states it. ',
        strong('Inferred'),
        `: it fits by amount and time. Declared and inferred crossings are assumptions, and every figure that rests on one carries ${DECLARED_MARK}. Without its crossing, value stops where it went in.`,
      ),
      paragraph(...checkedText(context)),
      table(
        'Crossings used',
        [
          column('ground, name', 'left', 3),
          column('in', 'left', 5),
          column('out', 'left', 5),
          column('what joins the two', 'left', 5),
        ],
        crossings.map((crossing) => row(context, crossing)),
        { limit: MOST, small: true },
      ),
      ...protocolBlocks(crossings),
    ],
  };
}

/** What verification found of them. */
function checkedText({ bundle, verification }: ReportContext): (string | ReturnType<typeof strong>)[] {
  const { exact, again, declared, inferred, records, identified } = provenCrossings(
    bundle,
    verification.arithmetic.problems,
  );
  const given = declared + inferred;
  return [
    strong(`${exact} exact, ${declared} declared, ${inferred} inferred. `),
    exact === 0
      ? ''
      : `Of the exact ones, ${again} ${again === 1 ? 'was' : 'were'} decoded again from the ${count(records, 'record')} in evidence.json and came out the same. ${identified} of the records ${identified === 1 ? 'has an id that follows' : 'have ids that follow'} from what they say; the others (receipts, or transactions whose scripts were left out) are taken as given. Whether they are the chain’s own is the second question of verification. `,
    given === 0
      ? ''
      : `The ${count(given, 'declared or inferred one was', 'declared or inferred ones were')} taken as given: no record in the bundle shows such a link.`,
  ];
}

function row(context: ReportContext, crossing: Crossing): Cell[] {
  const { basis, id, input, part, output, reason, proof } = crossing;
  const protocol = proof === undefined ? null : titleOf(proof.protocol);
  return [
    [
      [strong(`${basis}${basis === 'exact' ? '' : ` ${DECLARED_MARK}`}`)],
      ...(protocol === null ? [] : [[span(protocol)]]),
      [code(id)],
    ],
    transferCell(context, input, part),
    output.kind === 'transfer'
      ? transferCell(context, output.transfer, output.part)
      : unrecordedCell(context, output.account, output.asset, output.amount),
    [prose(reason), ...(proof === undefined ? [] : proofLines(context, proof))],
  ];
}

function proofLines({ bundle }: ReportContext, { key, transactions }: NonNullable<Crossing['proof']>): Cell {
  const recorded = new Set(bundle.evidence.map(({ chain, tx }) => `${chain} ${tx}`));
  return [
    ...(key === null ? [] : [[span('key '), code(key)]]),
    ...transactions.map(({ chain, tx }) => [
      span(recorded.has(`${chain} ${tx}`) ? 'in evidence.json: ' : 'not in evidence.json: '),
      code(tx),
    ]),
  ];
}

/** @param part - how much of the transfer crosses; absent: all of it. */
function transferCell({ result, names }: ReportContext, { tx, position }: Crossing['input'], part?: bigint): Cell {
  const transfer = result.consumed.find((t) => t.tx === tx && t.position === position);
  const name = [code(`${tx}:${position}`)];
  if (transfer === undefined) return [name];
  const whole = names.amount(transfer.amount, transfer.asset);
  const moved =
    part === undefined || part === transfer.amount ? whole : `${names.amount(part, transfer.asset)} of ${whole}`;
  return [
    [strong(moved)],
    [span(`${timeText(transfer.blockTime)}, on ${chainName(transfer.chain)}`)],
    name,
    ...named('from ', names.lines(transfer.from, tx)),
    ...named('to ', names.lines(transfer.to)),
  ];
}

function unrecordedCell({ names }: ReportContext, account: Account, asset: Asset, amount: bigint): Cell {
  return lines(strong(names.amount(amount, asset)), 'not recorded: an assumed amount, received by').concat([
    names.inline(account),
  ]);
}

function named(word: string, [first = [], ...rest]: Cell): Cell {
  return [[span(word), ...first], ...rest];
}

/** A sentence in which hashes may break anywhere. */
function prose(text: string): Span[] {
  return text.split(/(\S{30,})/).flatMap((piece, index) => {
    if (index % 2 === 0) return piece === '' ? [] : [span(piece)];
    const [, word = piece, end = ''] = /^(.*?)([.,;]?)$/.exec(piece) ?? [];
    return [code(word), ...(end === '' ? [] : [span(end)])];
  });
}

/** Words between backticks as code. */
function withCode(text: string): Span[] {
  return text.split('`').flatMap((piece, index) => (piece === '' ? [] : [index % 2 === 1 ? code(piece) : span(piece)]));
}

type Ground = { readonly title: string; readonly proves: string; readonly cannotProve: string };

/** What happens inside one transaction belongs to no protocol. */
const INSIDE: Readonly<Record<string, Ground>> = {
  netting: {
    title: 'Swap inside one transaction',
    proves:
      'The record of the transaction is whole enough to show that one account gave one asset and received others in it. What it received is taken as the price of what it gave.',
    cannotProve:
      'Which venue gave what for what, and that the price was fair. What the transaction’s record does not show whole is not exact and not listed here.',
  },
  wrap: {
    title: 'Wrap',
    proves: 'The event of the contract that issues the other form of the asset, in the same transaction.',
    cannotProve: 'Anything about who is behind the account that called it.',
  },
};

function groundOf(protocol: string): Ground | undefined {
  return INSIDE[protocol] ?? PROTOCOLS.find(({ id }) => id === protocol);
}

function titleOf(protocol: string): string {
  return groundOf(protocol)?.title ?? protocol;
}

/** What each protocol's records prove, and what they leave open. */
function protocolBlocks(crossings: readonly Crossing[]): Block[] {
  const used = [...new Set(crossings.flatMap(({ proof }) => proof?.protocol ?? []))].sort();
  return used.flatMap((protocol): Block[] => {
    const ground = groundOf(protocol);
    if (ground === undefined) return [];
    const number = crossings.filter(({ proof }) => proof?.protocol === protocol).length;
    return [
      heading(`${ground.title}: ${count(number, 'crossing')}`),
      paragraph(strong('What makes a link exact. '), ...withCode(ground.proves)),
      paragraph(strong('What it leaves open. '), ...withCode(ground.cannotProve)),
    ];
  });
}
