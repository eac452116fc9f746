import type { TransferRef } from '../../ledger/index.ts';
import type { ReportContext } from '../context.ts';
import { layOut } from '../flow-diagram.ts';
import { buildFlowGraph, type Venues } from '../flow-graph.ts';
import type { Block, Section } from '../model.ts';
import { notice, paragraph, span } from '../text.ts';

/** Diagrams drawn, in the order the seeds were declared; more would not be read. */
const MOST = 4;

/** Section 4: the value of each tag as a drawing. Values of different tags are not comparable, so each has its own scale. */
export function flowSection(context: ReportContext): Section {
  const { shown, names, forward } = context;
  const section = { id: 'flow', title: 'Flow of the value', landscape: true };
  if (shown === null) return { ...section, blocks: [notice('Under poison alone there are no amounts to draw.')] };
  const venues = venuesOf(context);
  const drawn = shown.tags.slice(0, MOST).flatMap((tag) => {
    const graph = buildFlowGraph(tag, shown, !forward, venues);
    return graph === null ? [] : [{ tag, graph }];
  });
  const blocks: Block[] = [
    paragraph(
      `Under ${shown.policy}. ${forward ? 'Value moves from left to right' : 'The reading goes from left to right against time'}; heights are in proportion to the value of the tag. At the foot of a bar, green and filled is `,
      span('held', 'held'),
      ' there, white with a dashed outline was ',
      span('last seen', 'last-seen'),
      ' there, black ended there at a terminal or as fees; the rest was passed on. Smaller accounts of a column are drawn together. Amounts in the drawings are cut to two decimals; the annexes carry every digit.',
      context.utxo === 'none'
        ? ''
        : ' Amounts of UTXO chains below 0.01 are cut to two digits. A bar of a UTXO chain is an output, named by its address. A payment is drawn from output to output, through its transaction; where several traced outputs are spent together and several come out, the transaction is drawn by itself as a thin bar, since no record says which of them paid which.',
      venues.size === 0 ? '' : ' What a crossing pays out is drawn from the account that took its value in.',
    ),
  ];
  if (drawn.length < shown.tags.length) {
    blocks.push(paragraph(`${drawn.length} of ${shown.tags.length} tags are drawn, those declared first.`));
  }
  for (const { tag, graph } of drawn) {
    blocks.push({
      kind: 'diagram',
      caption: `${names.tag(tag.tag)}: ${names.amount(tag.stolen ?? 0n, tag.asset)} ${context.words.stolen}, under ${shown.policy}`,
      diagram: layOut(graph, tag.asset, names, zeroLayer(context, tag.tag)),
    });
    if (graph.back.moves > 0) {
      blocks.push(
        paragraph(
          `Not drawn: ${graph.back.moves} moves back to an earlier or the same column, together ${names.amount(graph.back.value, tag.asset)}. They are in the annex.`,
        ),
      );
    }
  }
  return { ...section, blocks };
}

/** Payers of what crossings paid out, each with the account that took the value in. */
function venuesOf({ result }: ReportContext): Venues {
  const name = ({ tx, position }: TransferRef): string => `${tx}:${position}`;
  const transfers = new Map(result.consumed.map((transfer) => [name(transfer), transfer]));
  return new Map(
    result.crossings.flatMap(({ input, output }) => {
      const taken = transfers.get(name(input));
      const paid = output.kind === 'transfer' ? transfers.get(name(output.transfer)) : undefined;
      return taken === undefined || paid === undefined ? [] : [[`${paid.from} ${paid.tx}`, taken.to] as const];
    }),
  );
}

/** A transfer seed's payer stands one column before its receiver, which is hop 0. */
function zeroLayer({ result, forward }: ReportContext, tag: string): number {
  const own = result.parameters.seeds.filter((seed) => seed.tag === tag);
  return forward && own.every(({ kind }) => kind === 'transfer') ? 1 : 0;
}
