import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bunzip } from '../../core/src/screening/sources/bunzip.ts';

const BLOCKS = join(import.meta.dirname, '../data/bitcoin/blocks');

/** Heights of the single raw blocks among the data. */
export const REAL_HEIGHTS = [169_482, 227_835, 363_703, 481_829] as const;

/** A block of the main network, raw, without a frame. */
export function realBlock(height: (typeof REAL_HEIGHTS)[number]): Uint8Array {
  return new Uint8Array(readFileSync(join(BLOCKS, `bitcoinj_block${height}.dat`)));
}

/** Blocks 1 to 255 of the main network as a block file: without the genesis block. */
export async function earlyBlocksFile(): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const packed = readFileSync(join(BLOCKS, 'btcd_blocks1-256.bz2'));
  for await (const part of bunzip(only(packed))) parts.push(part.slice());
  return new Uint8Array(Buffer.concat(parts));
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** A block of a regtest chain as Bitcoin Core's `getblock` gave it, less what tests do not ask for. */
export type RegtestBlock = {
  readonly hash: string;
  readonly height: number;
  readonly version: number;
  readonly merkleroot: string;
  readonly time: number;
  readonly nonce: number;
  readonly bits: string;
  readonly previousblockhash: string | null;
  readonly size: number;
  readonly tx: readonly {
    readonly txid: string;
    readonly version: number;
    readonly locktime: number;
    readonly size: number;
    readonly vin: readonly {
      readonly coinbase?: string;
      readonly txid?: string;
      readonly vout?: number;
      readonly scriptSig?: string;
      readonly sequence: number;
      readonly txinwitness: readonly string[];
    }[];
    readonly vout: readonly { readonly value: string; readonly hex: string; readonly type: string }[];
    readonly hex: string;
  }[];
};

/** 32 blocks of one emulated Wasabi 2 run (EmuCoinJoin data set), heights 0 to 320 with gaps. */
export function regtestBlocks(): RegtestBlock[] {
  const lines = readFileSync(join(BLOCKS, '../regtest-blocks.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as RegtestBlock);
}

/** Distinct output scripts of recorded CoinJoins (Dumplings data set), with the kind its library gave each. */
export function outputScripts(): { readonly script: string; readonly kind: string }[] {
  const [, ...lines] = readFileSync(join(BLOCKS, '../output-scripts.csv'), 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [script, kind] = line.split(',') as [string, string];
    return { script, kind };
  });
}
