import { describe, expect, it } from 'vitest';
import type { Chain } from '../../units/index.ts';
import type { AccountSource } from '../account-source.ts';
import { type Pin, type PinBook, pinChain } from './pins.ts';

const CHAIN: Chain = 'eip155:1';

/** A chain of so many blocks; from block `fork` on they are others. */
function sourceOf(head: number, final: number, fork = Number.POSITIVE_INFINITY, version = 'b'): AccountSource {
  const block = (number: number) => ({ number, hash: `${number < fork ? 'a' : version}${number}`, time: 12 * number });
  return {
    name: 'node',
    chain: CHAIN,
    tip: async () => ({ head: block(head), final }),
    block: async (number: number) => (number > head ? null : block(number)),
  } as AccountSource;
}

function bookOf(...pins: readonly Pin[]): PinBook & { readonly kept: () => readonly number[] } {
  let kept: readonly Pin[] = pins;
  return {
    read: () => kept,
    add: (pin) => {
      kept = [...kept, pin];
    },
    cut: (chain, above) => {
      kept = kept.filter((pin) => pin.chain !== chain || pin.number <= above);
    },
    kept: () => kept.map(({ number }) => number),
  };
}

const pin = (number: number, final: number): Pin => ({
  chain: CHAIN,
  number,
  hash: `a${number}`,
  time: 12 * number,
  final,
});

/** @returns the pin, what was rolled back in the ledger, and the pins that are kept. */
async function pinned(source: AccountSource, book: ReturnType<typeof bookOf>, atBlock: number | null = null) {
  const rolledBack: number[] = [];
  const store = {
    rollback: async (_: Chain, from: number) => {
      rolledBack.push(from);
      return 0;
    },
  };
  const result = await pinChain(source, store as unknown as Parameters<typeof pinChain>[1], book, atBlock);
  expect(result.rolledBack).toBe(rolledBack[0] ?? null);
  return { ...result.pin, rolledBack, kept: book.kept() };
}

describe('the block up to which a chain is fetched', () => {
  it('is the newest, or the one that is named, and is kept', async () => {
    expect(await pinned(sourceOf(100, 36), bookOf())).toMatchObject({
      number: 100,
      hash: 'a100',
      final: 36,
      kept: [100],
    });
    expect(await pinned(sourceOf(100, 36), bookOf(), 20)).toMatchObject({ number: 20, final: 20, kept: [20] });
    expect(await pinned(sourceOf(100, 36), bookOf(pin(90, 30)))).toMatchObject({ rolledBack: [], kept: [90, 100] });
    await expect(pinned(sourceOf(100, 36), bookOf(), 101)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is refused by a source that is behind', async () => {
    const book = bookOf(pin(101, 40));
    await expect(pinned(sourceOf(100, 36), book)).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    expect(book.kept()).toEqual([101]);
  });

  it('is refused by a source that does not give a block it should have: nothing is forgotten', async () => {
    const book = bookOf(pin(90, 30));
    const whole = sourceOf(100, 36);
    const source = { ...whole, block: async (number: number) => (number === 90 ? null : whole.block(number)) };
    await expect(pinned(source, book)).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    expect(book.kept()).toEqual([90]);
  });

  it('is some minutes old where the lists of a source may lag', async () => {
    // Twelve seconds a block: five minutes are 25.
    const source = { ...sourceOf(200, 190), margin: 300 };
    expect(await pinned(source, bookOf())).toMatchObject({ number: 175, hash: 'a175', final: 175 });
    await expect(pinned(source, bookOf(), 180)).rejects.toThrow(/may lack some of block 180: it ends at 175/);
    expect(await pinned({ ...sourceOf(10, 9), margin: 300 }, bookOf())).toMatchObject({ number: 0 });
  });

  it('follows a reorganisation from the last pin that stands', async () => {
    const book = bookOf(pin(80, 20), pin(90, 30), pin(100, 40));
    expect(await pinned(sourceOf(110, 60, 95), book)).toMatchObject({ rolledBack: [91], kept: [80, 90, 110] });
  });

  it('follows one that no pin outlived from what was final when the first of them was set', async () => {
    const book = bookOf(pin(90, 30), pin(100, 40));
    expect(await pinned(sourceOf(110, 60, 50), book)).toMatchObject({ rolledBack: [31], kept: [110] });
  });

  it('is of another chain where a block that was final is another: nothing is forgotten', async () => {
    const book = bookOf(pin(90, 30), pin(200, 140));
    await expect(pinned(sourceOf(300, 240, 50), book)).rejects.toMatchObject({ code: 'invalid-input' });
    expect(book.kept()).toEqual([90, 200]);
  });
});
