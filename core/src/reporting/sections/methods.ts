import type { GENERAL_POLICY_IDS, PolicyId } from '../../tracing/index.ts';
import type { ReportContext } from '../context.ts';
import type { Block, Section } from '../model.ts';
import { heading, paragraph, span, strong } from '../text.ts';

type Method = { readonly name: string; readonly does: string; readonly claims: string };

const METHODS: Readonly<Record<(typeof GENERAL_POLICY_IDS)[number] | 'highest-out/1', Method>> = {
  'fifo/1': {
    name: 'First in, first out',
    does: 'What came into a holding first leaves it first. Each holding is a queue of lots; a spend takes from its oldest end and splits the last lot it needs.',
    claims:
      'It orders value by time of arrival, a convention with a long history for mixed running accounts (Devaynes v Noble, 1816). It does not show which coins were meant or chosen: units of an account balance cannot be told apart.',
  },
  'lifo/1': {
    name: 'Last in, first out',
    does: 'What came in last leaves first. A spend takes from the newest end of the queue.',
    claims:
      'It follows value that is passed straight on. It does not show that the sender passed on the same value, only that this reading is consistent with the record.',
  },
  'pro-rata/1': {
    name: 'Pro rata',
    does: 'Every spend takes the same share of every kind of value in the holding, divided exactly with a fixed rule for remainders.',
    claims:
      'It treats all contributors alike and dilutes value at every mix. It does not show where any one unit is, and small shares may reach very many accounts.',
  },
  'tagged-first/1': {
    name: 'Tagged first',
    does: 'Value that carries a tag leaves before value that does not; among tagged lots the oldest first.',
    claims:
      'In one holding no other rule lets more traced value have left; beyond that holding no such order holds. It is no statement of intent.',
  },
  'untagged-first/1': {
    name: 'Untagged first',
    does: 'Value without a tag leaves before value with one; traced value stays as long as anything else is left.',
    claims:
      'In one holding no other rule lets less traced value have left, as where a holder is presumed to spend his own first; beyond that holding no such order holds. It is no finding that he did.',
  },
  'poison/1': {
    name: 'Poison',
    does: 'Every account that receives anything from a marked account is marked.',
    claims:
      'It shows the widest set of accounts value could have reached. Its gross flows count the same value many times; they never add up to what was stolen, and being marked says nothing about an account’s holder.',
  },
  'highest-out/1': {
    name: 'Highest out',
    does: 'In a transaction that spends and makes outputs, traced value fills the outputs from the largest to the smallest, the fee last.',
    claims:
      'It supposes that value goes where most of a transaction goes, as where small outputs are change. No authority for it is known. It does not show which output was meant for whom.',
  },
};

/** A rule for UTXO transactions may name another for account chains: both are described. */
function methodsOf(policy: PolicyId): { readonly id: string; readonly method: Method }[] {
  return policy
    .split('+')
    .map((id) => ({ id, method: METHODS[id as keyof typeof METHODS] }))
    .filter(({ method }) => method !== undefined);
}

/** Every rule that the policies name, once, in the order they name them. */
function describedRules(policies: readonly PolicyId[]): ReturnType<typeof methodsOf> {
  const rules = policies.flatMap(methodsOf);
  return rules.filter(({ id }, i) => rules.findIndex((rule) => rule.id === id) === i);
}

/** Annex: what each rule does, and what it does not claim. */
export function methodsAnnex({ result, forward, utxo }: ReportContext): Section {
  const blocks: Block[] = [
    paragraph(
      'Transfers are applied one at a time in ledger order. Each account and asset has one holding, made of lots; a lot carries a tag or none. A rule decides which lots leave when a holding spends. A shortfall (an account that spends more than it is known to have held) is counted as untagged value and reported as a gap. Amounts are whole base units throughout; nothing is rounded but the splitting of a lot whose amount differs from its origin, which rounds down what leaves and keeps the rest.',
    ),
    ...(utxo === 'none'
      ? []
      : [
          paragraph(
            'On chains of unspent outputs value lies in outputs. A transaction is worked like an account that value passes: the outputs it spends enter in the order it names them, then the outputs it makes leave in their order, and the fee last; a rule decides which lots go into which. Nothing in a transaction says which of its inputs paid which of its outputs. An output has an address where its script has one; several addresses may belong to one wallet and one address may be used by many people.',
          ),
        ]),
    ...(forward
      ? []
      : [
          paragraph(
            'The question is turned round: the same rules are applied with time reversed, payer and payee exchanged, to say where value came from.',
          ),
        ]),
    ...describedRules(result.parameters.policies).flatMap(({ id, method: { name, does, claims } }): Block[] => {
      return [
        heading(`${name} (${id})`),
        paragraph(strong('What it does. '), does),
        paragraph(strong('What it does not claim. '), claims),
        paragraph(
          'Exact description: ',
          span(`docs/methods/${id.replace(/\/\d+$/, '')}.md`, 'code'),
          ' and ',
          span('docs/methods/semantics.md', 'code'),
          ' of Cairn’s source.',
        ),
      ];
    }),
    heading('What this report does not say'),
    paragraph(
      'An account is not a person. Nothing here says who controls an account, why a transfer was made, or that anybody knew where value came from. “Last seen” is where the record stops, not where the value is now. Prices, and values in any currency, are not part of it.',
    ),
  ];
  return { id: 'annex-methods', title: 'Annex: methods, and what they do not claim', landscape: false, blocks };
}
