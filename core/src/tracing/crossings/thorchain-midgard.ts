import { z } from 'zod';

/*
 * Answers of Midgard, the index that THORChain and Maya run over their own chain. What it states is its claim, not the
 * chain's: it helps to find a payout and to check a reading, and proves no link by itself.
 */

/** An amount in units of 1e-8 of the asset, whatever the asset's own decimals (Maya's CACAO: 1e-10). */
export type MidgardCoin = { readonly asset: string; readonly amount: bigint };

export type MidgardPayment = {
  /** 64 upper-case hex digits; null: inside the network, on no other chain. */
  readonly tx: string | null;
  readonly address: string;
  readonly coins: readonly MidgardCoin[];
};

/** One action: what came in, and what Midgard says went out for it so far. */
export type MidgardAction = {
  readonly type: string;
  readonly status: string;
  readonly in: readonly MidgardPayment[];
  readonly out: readonly MidgardPayment[];
  readonly memo: string | null;
};

const coin = z.object({ asset: z.string(), amount: z.string().regex(/^[0-9]{1,78}$/) });
const payment = z.object({ address: z.string(), txID: z.string().optional(), coins: z.array(coin).nullish() });
const withMemo = z.object({ memo: z.string().optional() }).nullish();
const action = z.object({
  type: z.string(),
  status: z.string().optional(),
  in: z.array(payment),
  out: z.array(payment),
  memo: z.string().optional(),
  metadata: z.object({ swap: withMemo, refund: withMemo }).nullish(),
});
const answer = z.union([
  z.array(z.unknown()),
  z.object({ actions: z.array(z.unknown()) }).transform(({ actions }) => actions),
]);

/**
 * What a Midgard `/actions` answer states: inbound ids, outbound ids, amounts.
 * @param json - the answer, parsed; or its list of actions alone.
 * @returns one entry an action, in the answer's order; Midgard may give two for one inbound transaction, not to be added.
 *   Entries of another shape are left out.
 */
export function readMidgardActions(json: unknown): readonly MidgardAction[] {
  const list = answer.safeParse(json);
  return (list.success ? list.data : []).flatMap((entry): MidgardAction[] => {
    const read = action.safeParse(entry);
    if (!read.success) return [];
    const { type, status, metadata, memo } = read.data;
    const stated = memo ?? metadata?.swap?.memo ?? metadata?.refund?.memo ?? '';
    return [
      {
        type,
        status: status ?? '',
        in: read.data.in.map(readPaymentOf),
        out: read.data.out.map(readPaymentOf),
        memo: stated === '' ? null : stated,
      },
    ];
  });
}

function readPaymentOf({ address, txID, coins }: z.infer<typeof payment>): MidgardPayment {
  const isHash = txID !== undefined && /^[0-9A-F]{64}$/.test(txID) && !/^0{64}$/.test(txID);
  return {
    tx: isHash ? txID : null,
    address,
    coins: (coins ?? []).map(({ asset, amount }) => ({ asset, amount: BigInt(amount) })),
  };
}
