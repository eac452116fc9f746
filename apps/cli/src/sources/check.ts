import { isCairnError } from '@cairn/core/errors';
import type { BlockRef, SourceOffer } from '@cairn/core/ledger';
import { openSource, type SourceBook, type SourceConfig } from '@cairn/core/ledger/sources';
import type { Chain } from '@cairn/core/units';
import type { Context } from '../terminal/context.ts';
import { trafficOf } from './reach.ts';

/** What a source said of itself. */
export type SourceCheck = {
  readonly name: string;
  readonly kind: string;
  readonly chain: Chain | null;
  readonly head: BlockRef | null;
  readonly final: number | null;
  readonly offer: SourceOffer | null;
  /** The middle one of several answers about the newest block. */
  readonly milliseconds: number | null;
  /** Why nothing was learnt; null: it was. */
  readonly trouble: string | null;
};

/** Times the newest block is asked for. */
const TRIES = 5;

export async function checkSource(context: Context, config: SourceConfig, book: SourceBook): Promise<SourceCheck> {
  const { name, kind } = config;
  try {
    const source = await openSource(config, process.env, trafficOf(context, config, book));
    const offer = await source.offer();
    const took: number[] = [];
    let tip = await source.tip();
    for (let i = 0; i < TRIES; i++) {
      const start = performance.now();
      tip = await source.tip();
      took.push(performance.now() - start);
    }
    const milliseconds = Math.round(took.sort((a, b) => a - b)[Math.floor(TRIES / 2)] as number);
    return { name, kind, chain: source.chain, head: tip.head, final: tip.final, offer, milliseconds, trouble: null };
  } catch (error) {
    if (!isCairnError(error) || error.code === 'interrupted' || error.code === 'defect') throw error;
    const chain = config.chain as Chain | null;
    return { name, kind, chain, head: null, final: null, offer: null, milliseconds: null, trouble: error.message };
  }
}
