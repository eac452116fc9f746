import { CairnError } from '../../errors.ts';
import {
  type AssignedOrder,
  compareTransfers,
  type Lock,
  SCRIPT_KINDS,
  type ScriptKind,
  TRANSFER_KINDS,
  type Transfer,
  type TransferKind,
} from '../../ledger/index.ts';
import type { Account, Asset, Chain } from '../../units/index.ts';
import { createTextSink, eachLine } from './text.ts';

/** Cairn's CSV columns, order included. `block_time` is Unix seconds; `amount` base units; no field needs quoting. */
export const TRANSFER_COLUMNS = [
  'chain',
  'block_number',
  'tx_index',
  'position',
  'block_time',
  'tx_hash',
  'from',
  'to',
  'asset',
  'amount',
  'kind',
  'assigned',
  'rounded',
] as const;

/** Further columns where a row belongs to a UTXO chain; all empty in rows that do not spend or make an output. */
export const LOCK_COLUMNS = ['owner', 'script', 'unresolved'] as const;

const HEADER = TRANSFER_COLUMNS.join(',');
const UTXO_HEADER = [...TRANSFER_COLUMNS, ...LOCK_COLUMNS].join(',');
const CHAIN = /^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}$/;
const ACCOUNT = /^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}:[-.%a-zA-Z0-9]{1,128}$/;
const ASSET = /^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}\/[-a-z0-9]{3,8}:[-.%a-zA-Z0-9]{1,128}$/;
const INTEGER = /^(?:0|[1-9][0-9]{0,14})$/;
const AMOUNT = /^(?:0|[1-9][0-9]{0,77})$/;
const TX = /^[-.%a-zA-Z0-9]{1,128}$/;
const FEE_OR_PLACE = /^(?:0|-1|[1-9][0-9]{0,14})$/;
/** Inputs of a UTXO transaction stand below 0. */
const POSITION = /^-[1-9][0-9]{0,9}$/;
const KINDS: ReadonlySet<string> = new Set<TransferKind>(TRANSFER_KINDS);
const SCRIPTS: ReadonlySet<string> = new Set<ScriptKind>(SCRIPT_KINDS);
const ASSIGNED: ReadonlySet<string> = new Set<AssignedOrder>(['none', 'position', 'index', 'both']);

/** Transfers as the bundle's `transfers.csv`, in the order given. */
export function writeTransfersCsv(transfers: readonly Transfer[]): Uint8Array {
  const sink = createTextSink();
  const hasLocks = transfers.some(({ lock }) => lock !== undefined);
  sink.write(`${hasLocks ? UTXO_HEADER : HEADER}\n`);
  for (const t of transfers) {
    sink.write(
      `${t.chain},${t.blockNumber},${t.txIndex},${t.position},${t.blockTime},${t.tx},${t.from},${t.to},` +
        `${t.asset},${t.amount},${t.kind},${t.assigned},${t.rounded}${hasLocks ? lockCells(t) : ''}\n`,
    );
  }
  return sink.bytes();
}

function lockCells({ lock, unresolved }: Transfer): string {
  return lock === undefined ? ',,,' : `,${lock.owner ?? ''},${lock.script},${unresolved === true}`;
}

/**
 * Reads what `writeTransfersCsv` wrote, to the byte: no other spelling of a value is taken.
 * @throws verification-failed, naming line and column. Lines are counted from 1, the header being line 1.
 */
export function readTransfersCsv(bytes: Uint8Array): Transfer[] {
  const decoder = new TextDecoder();
  const transfers: Transfer[] = [];
  let line = 0;
  let columns = TRANSFER_COLUMNS.length;
  eachLine(bytes, (start, end) => {
    line++;
    const text = decoder.decode(bytes.subarray(start, end));
    if (line > 1) transfers.push(readRow(text, line, columns));
    else if (text === UTXO_HEADER) columns += LOCK_COLUMNS.length;
    else if (text !== HEADER) throw wrong(1, `the header is not ${HEADER}`);
  });
  if (line === 0) throw wrong(1, 'the header is missing');
  return transfers;
}

/** Rows that are not in ledger order, or take another's place in it, as line and what is wrong. */
export function misplacedRows(transfers: readonly Transfer[]): { line: number; message: string }[] {
  const misplaced: { line: number; message: string }[] = [];
  for (let i = 1; i < transfers.length; i++) {
    const order = compareTransfers(transfers[i - 1] as Transfer, transfers[i] as Transfer);
    if (order < 0) continue;
    const message =
      order > 0 ? 'belongs before the row above it' : 'has the same place in the order as the row above it';
    misplaced.push({ line: i + 2, message });
  }
  return misplaced;
}

function readRow(text: string, line: number, columns: number): Transfer {
  const fields = text.split(',');
  if (fields.length !== columns) {
    throw wrong(line, `has ${fields.length} columns where ${columns} are expected`);
  }
  const field = (column: number, form: RegExp): string => {
    const value = fields[column] as string;
    if (!form.test(value)) throw wrong(line, `column ${TRANSFER_COLUMNS[column]} cannot be "${value}"`);
    return value;
  };
  const rounded = fields[12] as string;
  if (rounded !== 'true' && rounded !== 'false') throw wrong(line, `column rounded cannot be "${rounded}"`);
  return {
    chain: field(0, CHAIN) as Chain,
    blockNumber: Number(field(1, INTEGER)),
    txIndex: Number(field(2, INTEGER)),
    position: Number(field(3, fields[10] === 'input' ? POSITION : FEE_OR_PLACE)),
    blockTime: Number(field(4, INTEGER)),
    tx: field(5, TX),
    from: field(6, ACCOUNT) as Account,
    to: field(7, ACCOUNT) as Account,
    asset: field(8, ASSET) as Asset,
    amount: BigInt(field(9, AMOUNT)),
    kind: member(fields[10] as string, KINDS, line, 'kind') as TransferKind,
    assigned: member(fields[11] as string, ASSIGNED, line, 'assigned') as AssignedOrder,
    rounded: rounded === 'true',
    ...readLock(fields, line),
  };
}

function readLock(fields: readonly string[], line: number): Pick<Transfer, 'lock' | 'unresolved'> {
  const [owner = '', script = '', unresolved = ''] = fields.slice(TRANSFER_COLUMNS.length);
  if (owner === '' && script === '' && unresolved === '') return {};
  if (owner !== '' && !ACCOUNT.test(owner)) throw wrong(line, `column owner cannot be "${owner}"`);
  if (unresolved !== 'true' && unresolved !== 'false') throw wrong(line, `column unresolved cannot be "${unresolved}"`);
  const lock: Lock = {
    owner: owner === '' ? null : (owner as Account),
    script: member(script, SCRIPTS, line, 'script') as ScriptKind,
  };
  return unresolved === 'true' ? { lock, unresolved: true } : { lock };
}

function member(value: string, allowed: ReadonlySet<string>, line: number, column: string): string {
  if (!allowed.has(value)) throw wrong(line, `column ${column} cannot be "${value}"`);
  return value;
}

function wrong(line: number, what: string): CairnError {
  return new CairnError('verification-failed', `transfers.csv: line ${line}: ${what}`);
}
