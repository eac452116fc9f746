import { CairnError } from '../../../errors.ts';
import type { Account, Asset, Chain } from '../../../units/index.ts';
import { TRANSFER_KINDS, type Transfer } from '../../transfer.ts';
import { type Lock, SCRIPT_KINDS } from '../../utxo/transaction.ts';
import {
  eachRow,
  type RowBuffer,
  readUInt64,
  readUInt256,
  writeAscii,
  writeInt32,
  writeText,
  writeUInt32,
  writeUInt64,
  writeUInt256,
} from './row-binary.ts';
import { ASSIGNED, SIDE, TX_FORM } from './tables.ts';

/** Room a row of `incoming` takes at most, given the room its texts take. */
export function incomingRowSize({ chain, from, to, asset, tx, lock }: Transfer): number {
  const owner = lock?.owner?.length ?? 0;
  return 168 + 3 * (chain.length + from.length + to.length + asset.length + tx.length + owner);
}

/** Room for the names of one row: a name's size has two bytes. Real names have at most some 120 characters. */
const LONGEST = 16_000;

/** Appends a transfer as a row of `incoming`. */
export function encodeTransfer(buffer: RowBuffer, importId: number, transfer: Transfer): void {
  const { bytes } = buffer;
  const { chain, from, to, asset, lock } = transfer;
  const owner = lock?.owner ?? null;
  const isOwnerOnChain = owner === null || onChain(chain, ':', owner);
  if (!isOwnerOnChain || !onChain(chain, ':', from) || !onChain(chain, ':', to) || !onChain(chain, '/', asset)) {
    throw new CairnError(
      'invalid-input',
      `Transfer ${transfer.tx}:${transfer.position} of ${chain} names another chain.`,
    );
  }
  if (incomingRowSize(transfer) > LONGEST) {
    throw new CairnError(
      'invalid-input',
      `A transfer in block ${transfer.blockNumber} of ${chain} has names too long to store.`,
    );
  }
  writeUInt32(buffer, importId);
  if (transfer.kind === 'input' || transfer.kind === 'output') {
    // What a UTXO transaction spends or makes belongs to its history even where it moves nothing.
    bytes[buffer.length++] = owner === null ? 2 : 3;
    bytes[buffer.length++] = SIDE.payer;
    bytes[buffer.length++] = SIDE.receiver;
    if (owner !== null) bytes[buffer.length++] = SIDE.owner;
  } else if (transfer.amount > 0n && from !== to) {
    bytes[buffer.length++] = 2;
    bytes[buffer.length++] = SIDE.payer;
    bytes[buffer.length++] = SIDE.receiver;
  } else {
    bytes[buffer.length++] = 1;
    bytes[buffer.length++] = transfer.amount > 0n ? SIDE.payer : SIDE.nothing;
  }
  const prefix = chain.length + 1;
  writeAscii(buffer, chain, 0);
  writeAscii(buffer, from, prefix);
  writeAscii(buffer, to, prefix);
  writeAscii(buffer, asset, prefix);
  writeContent(buffer, transfer);
}

function writeContent(buffer: RowBuffer, transfer: Transfer): void {
  const { bytes } = buffer;
  const form = txForm(transfer.tx);
  writeText(buffer, form === TX_FORM.text ? transfer.tx : '');
  bytes[buffer.length++] = form;
  bytes[buffer.length++] = TRANSFER_KINDS.indexOf(transfer.kind);
  bytes[buffer.length++] = ASSIGNED.indexOf(transfer.assigned);
  bytes[buffer.length++] = transfer.rounded ? 1 : 0;
  writeUInt32(buffer, transfer.txIndex);
  writeInt32(buffer, transfer.position);
  writeUInt64(buffer, transfer.blockNumber);
  writeUInt64(buffer, transfer.blockTime);
  writeHash(buffer, transfer.tx, form);
  writeUInt256(buffer, transfer.amount);
  writeLock(buffer, transfer);
}

function writeLock(buffer: RowBuffer, { chain, lock, unresolved }: Transfer): void {
  writeAscii(buffer, lock?.owner ?? '', lock?.owner == null ? 0 : chain.length + 1);
  buffer.bytes[buffer.length++] = lock === undefined ? 0 : 1 + SCRIPT_KINDS.indexOf(lock.script);
  buffer.bytes[buffer.length++] = unresolved ? 1 : 0;
}

function onChain(chain: string, separator: string, name: string): boolean {
  return name.startsWith(chain) && name[chain.length] === separator;
}

/** Value of a lower-case hex digit by its character code; 255: not one. */
const DIGITS = new Uint8Array(128).fill(255);
for (let i = 0; i < 16; i++) DIGITS['0123456789abcdef'.charCodeAt(i)] = i;

/** Which of the forms a transaction's name has. */
export function txForm(tx: string): number {
  const start = tx.length === 64 ? 0 : tx.length === 66 && tx.startsWith('0x') ? 2 : -1;
  if (start < 0) return TX_FORM.text;
  for (let i = start; i < tx.length; i++) {
    if ((DIGITS[tx.charCodeAt(i)] ?? 255) > 15) return TX_FORM.text;
  }
  return start === 0 ? TX_FORM.hex : TX_FORM.prefixedHex;
}

function writeHash(buffer: RowBuffer, tx: string, form: number): void {
  const { bytes, length } = buffer;
  buffer.length += 32;
  if (form === TX_FORM.text) {
    bytes.fill(0, length, length + 32);
    return;
  }
  let at = length;
  for (let i = tx.length - 64; i < tx.length; i += 2) {
    bytes[at++] = ((DIGITS[tx.charCodeAt(i)] as number) << 4) | (DIGITS[tx.charCodeAt(i + 1)] as number);
  }
}

/** What `decodeTransfers` reads, in this order: six texts, then numbers of fixed size. */
export const TRANSFER_COLUMNS =
  'chain, account, counterparty, asset, tx_text, owner, side, tx_form, kind, assigned, rounded, tx_index, position, block_number, block_time, tx, amount, script, unresolved';
const TEXTS = 6;
const FIXED = 5 + 4 + 4 + 8 + 8 + 32 + 32 + 2;

function textEnd(bytes: Buffer, at: number): number {
  const size = bytes[at] as number;
  if (size < 128) return at + 1 + size;
  return at + 2 + (size & 127) + ((bytes[at + 1] as number) << 7);
}

function transferEnd(bytes: Buffer, start: number): number {
  let at = start;
  for (let i = 0; i < TEXTS; i++) at = textEnd(bytes, at);
  return at + FIXED;
}

/** Reads rows of `TRANSFER_COLUMNS`. @param visit - the account a row stands under, and the transfer. */
export async function decodeTransfers(
  chunks: AsyncIterable<Uint8Array>,
  visit: (owner: Account, transfer: Transfer) => void,
): Promise<void> {
  const names = createNames();
  await eachRow(chunks, transferEnd, (bytes, view, start) => {
    const account = textEnd(bytes, start);
    const counterparty = textEnd(bytes, account);
    const asset = textEnd(bytes, counterparty);
    const txText = textEnd(bytes, asset);
    const locked = textEnd(bytes, txText);
    const at = textEnd(bytes, locked);
    const onItsChain = names(text(bytes, start, account));
    const owner = onItsChain.account(text(bytes, account, counterparty));
    const other = onItsChain.account(text(bytes, counterparty, asset));
    const tx = readTx(bytes, bytes[at + 1] as number, [txText, locked], at);
    const side = bytes[at] as number;
    const kind = TRANSFER_KINDS[bytes[at + 2] as number] as Transfer['kind'];
    const [self, counter] = side === SIDE.owner ? [onItsChain.account(tx), other] : [owner, other];
    // Under whoever can spend it, the output is the counterparty, and the transaction is named by its hash.
    const isReceiver = side === SIDE.owner ? kind === 'input' : side === SIDE.receiver;
    const transfer: Transfer = {
      chain: onItsChain.chain,
      blockNumber: readUInt64(view, at + 13),
      txIndex: view.getUint32(at + 5, true),
      position: view.getInt32(at + 9, true),
      blockTime: readUInt64(view, at + 21),
      tx,
      from: isReceiver ? counter : self,
      to: isReceiver ? self : counter,
      asset: onItsChain.asset(text(bytes, asset, txText)),
      amount: readUInt256(view, at + 61),
      kind,
      assigned: ASSIGNED[bytes[at + 3] as number] as Transfer['assigned'],
      rounded: bytes[at + 4] === 1,
    };
    const script = bytes[at + 93] as number;
    if (script === 0) return visit(owner, transfer);
    const lock = onItsChain.lock(text(bytes, locked, at), script);
    visit(owner, bytes[at + 94] === 1 ? { ...transfer, lock, unresolved: true } : { ...transfer, lock });
  });
}

/** The text that starts (with its size) at `at` and ends before `end`. */
function text(bytes: Buffer, at: number, end: number): string {
  return bytes.toString('latin1', (bytes[at] as number) < 128 ? at + 1 : at + 2, end);
}

function readTx(bytes: Buffer, form: number, [textAt, textEnds]: readonly [number, number], fixedAt: number): string {
  if (form === TX_FORM.text) {
    return bytes.toString('utf8', (bytes[textAt] as number) < 128 ? textAt + 1 : textAt + 2, textEnds);
  }
  const hex = bytes.toString('hex', fixedAt + 29, fixedAt + 61);
  return form === TX_FORM.prefixedHex ? `0x${hex}` : hex;
}

type ChainNames = {
  chain: Chain;
  account(address: string): Account;
  asset(reference: string): Asset;
  lock(owner: string, script: number): Lock;
};

/** Gives each name of one answer a single string, however many rows it stands in. */
function createNames(): (chain: string) => ChainNames {
  const chains = new Map<string, ChainNames>();
  return (chain) => {
    let names = chains.get(chain);
    if (names === undefined) {
      names = {
        chain: chain as Chain,
        account: interned((address) => `${chain}:${address}` as Account),
        asset: interned((reference) => `${chain}/${reference}` as Asset),
        lock: (owner, script) => ({
          owner: owner === '' ? null : `${chain as Chain}:${owner}`,
          script: SCRIPT_KINDS[script - 1] as Lock['script'],
        }),
      };
      chains.set(chain, names);
    }
    return names;
  };
}

function interned<T>(make: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    let value = known.get(text);
    if (value === undefined) {
      value = make(text);
      known.set(text, value);
    }
    return value;
  };
}
