import { type Account, type Chain, canonicalAccount, isEvmChain } from '../../units/index.ts';
import { detached, packHex, parseCell, rejectCell } from './cells.ts';
import type { Cell, Row } from './row.ts';

/** Slots of the cache of lower-case addresses: small enough for the processor's cache, which is what makes it pay. */
const SLOTS = 1 << 13;
/** An address is 20 bytes. */
const WORDS = 5;
/** Entries after which the map of addresses in other forms starts anew, so that memory stays bounded on any file. */
const MAP_LIMIT = 200_000;

/**
 * Reads the address cells of one chain.
 * @param parse - reads an address in any form; called for what is not a lower-case EVM address of the chain.
 */
export function createAccountCells(
  chain: Chain,
  parse: (text: string) => Account = (text) => canonicalAccount(chain, text),
): (row: Row, cell: Cell) => Account {
  const readLower = isEvmChain(chain) ? createLowerCaseReader(chain) : () => null;
  const others = new Map<string, Account>();
  return (row, cell) => {
    const lower = readLower(row, cell.place);
    if (lower !== null) return lower;
    const text = row.text(cell.place);
    const known = others.get(text);
    if (known !== undefined) return known;
    if (text === '') return rejectCell(cell.name, text, 'is empty');
    const account = parseCell(cell.name, text, parse);
    if (others.size >= MAP_LIMIT) others.clear();
    others.set(detached(text), account);
    return account;
  };
}

/** Accounts that appear again soon come back as the same string; others are read anew, at the cost of 42 characters. */
function createLowerCaseReader(chain: Chain): (row: Row, place: number) => Account | null {
  const prefix = `${chain}:`;
  const words = new Uint32Array(WORDS);
  const keys = new Uint32Array(SLOTS * WORDS);
  const accounts: (Account | undefined)[] = new Array(SLOTS).fill(undefined);
  return (row, place) => {
    const start = row.starts[row.first + place] as number;
    if ((row.ends[row.first + place] as number) - start !== 42) return null;
    if (row.bytes[start] !== 48 || row.bytes[start + 1] !== 120) return null;
    if (!packHex(row.bytes, start + 2, words)) return null;
    const slot = (words[0] as number) & (SLOTS - 1);
    const key = slot * WORDS;
    const seen = accounts[slot];
    if (
      seen !== undefined &&
      keys[key] === words[0] &&
      keys[key + 1] === words[1] &&
      keys[key + 2] === words[2] &&
      keys[key + 3] === words[3] &&
      keys[key + 4] === words[4]
    ) {
      return seen;
    }
    const account = `${prefix}${row.text(place)}` as Account;
    keys.set(words, key);
    accounts[slot] = account;
    // Reading a character makes the engine join the parts into a text of its own, which no longer holds on to the file's.
    return account.charCodeAt(0) === 0 ? null : account;
  };
}
