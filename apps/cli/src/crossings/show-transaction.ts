import { isCoinbase, opReturnData, outpointOf, statedTime, type Transfer } from '@cairn/core/ledger';
import { formatAccount, formatTime, isUtxoChain, TRON } from '@cairn/core/units';
import { grouped } from '../terminal/progress.ts';
import { table } from '../terminal/table.ts';
import { showAmount } from '../trace/assets.ts';
import type { ReadTransaction } from './read-transaction.ts';
import { showInside } from './show-inside.ts';
import { showLegs } from './show-legs.ts';
import { accountsIn } from './to-json.ts';
import { accountName, chainName, labelTable, type Words } from './words.ts';

/** Rows of a table for people; a CoinJoin has hundreds. */
const SHOWN = 60;

/** A transaction for people: what moved, what it spends and makes, what its record shows of bridges and swaps. */
export function showTransaction(read: ReadTransaction, words: Words): string {
  const isUtxo = isUtxoChain(read.chain);
  const sections = [
    heading(read, words),
    ...(isUtxo ? [inputs(read, words), outputs(read, words), shape(read)] : []),
    movements(read, words),
    showLegs(read, words),
    showInside(read, words),
    labelTable(accountsIn(read), words),
    unknowns(read),
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

function heading(read: ReadTransaction, words: Words): string {
  const { record, transfers } = read;
  const [first] = transfers;
  const isPlaced = first === undefined || statedTime(first) !== null;
  const block = isPlaced ? (first?.blockNumber ?? record?.blockNumber ?? null) : null;
  const time = isPlaced ? (first?.blockTime ?? record?.blockTime ?? null) : null;
  const index = first?.txIndex ?? record?.txIndex ?? null;
  const isAssigned = first?.assigned === 'index' || first?.assigned === 'both';
  const place = index === null ? '' : `, place ${index}${isAssigned ? ' (assigned: the source does not say)' : ''}`;
  const at = time === null ? 'time not on record' : formatTime(time);
  return [
    `Transaction ${read.tx} on ${chainName(read.chain)}`,
    `${block === null ? 'block not on record' : `block ${grouped(block)}${place}`}, ${at}${outcome(read)}`,
    ...(record?.kind === 'evm' && record.from !== null
      ? [
          `sent by ${accountName(record.from, words)}`,
          ...(record.to === null ? [] : [`     to ${accountName(record.to, words)}`]),
        ]
      : []),
    fee(read, words),
  ].join('\n');
}

function outcome({ record, chain }: ReadTransaction): string {
  if (isUtxoChain(chain) || record?.kind === 'utxo') return '';
  if (record === null || record.succeeded === null) return '; whether it succeeded is not on record';
  return record.succeeded ? '; succeeded' : '; failed: it moved nothing but its fee';
}

function fee({ transfers }: ReadTransaction, { book }: Words): string {
  const paid = transfers.find(({ kind }) => kind === 'fee');
  if (paid !== undefined) return `fee ${showAmount(paid.amount, paid.asset, book)}`;
  if (transfers.some(({ unresolved }) => unresolved)) return 'fee not known: the amounts of some inputs are not';
  if (transfers.some(({ from, kind }) => kind === 'input' && !isCoinbase(from))) return 'fee none';
  return transfers.some(({ kind }) => kind === 'input') ? 'fee none: new coins' : 'fee not on record';
}

/** Of a UTXO chain: payments from address to address, of a source that names neither inputs nor outputs. */
function movements({ transfers, chain }: ReadTransaction, words: Words): string {
  const moved = transfers.filter(({ kind }) => !['fee', 'input', 'output'].includes(kind));
  if (moved.length === 0 && isUtxoChain(chain)) return '';
  if (moved.length === 0) return transfers.length === 0 ? '' : 'It moved nothing that the ledger has.';
  const rows = moved.map((each) => [
    `:${each.position}`,
    each.kind,
    `${showAmount(each.amount, each.asset, words.book)}${each.rounded ? ' (rounded by the source)' : ''}`,
    `from ${accountName(each.from, words)}\nto   ${accountName(each.to, words)}`,
  ]);
  return `Transfers\n\n${cut(table(['', 'kind', 'amount', 'between'], rows.slice(0, SHOWN), ['amount']), rows.length)}`;
}

function inputs({ transfers }: ReadTransaction, words: Words): string {
  const spent = transfers.filter(({ kind }) => kind === 'input');
  if (spent.length === 0) return '';
  const rows = spent.map((each) => [
    `${each.position + spent.length}`,
    each.unresolved ? 'not known' : showAmount(each.amount, each.asset, words.book),
    each.lock?.script ?? '',
    inputText(each, words),
  ]);
  return `Inputs\n\n${cut(table(['', 'amount', 'script', 'owner, and what it spends'], rows.slice(0, SHOWN), ['amount']), rows.length)}`;
}

function inputText(input: Transfer, words: Words): string {
  if (isCoinbase(input.from)) return 'new coins (coinbase)';
  const outpoint = outpointOf(input.from);
  const spends = outpoint === null ? formatAccount(input.from) : `${outpoint.tx}:${outpoint.index}`;
  if (input.unresolved) return `the ledger does not have the output it spends\nspends ${spends}`;
  return `${ownerText(input, words)}\nspends ${spends}`;
}

function ownerText({ lock }: Transfer, words: Words): string {
  if (lock?.owner != null) return accountName(lock.owner, words);
  return lock?.script === 'op-return' ? 'nobody can spend it' : 'owner not known';
}

function outputs(read: ReadTransaction, words: Words): string {
  const made = read.transfers.filter(({ kind }) => kind === 'output');
  if (made.length === 0) return '';
  const rows = made.map((each) => [
    `${each.position}`,
    showAmount(each.amount, each.asset, words.book),
    each.lock?.script ?? '',
    [ownerText(each, words), outputText(read, each)].filter((line) => line !== '').join('\n'),
  ]);
  return `Outputs\n\n${cut(table(['', 'amount', 'script', 'owner, and what became of it'], rows.slice(0, SHOWN), ['amount']), rows.length)}`;
}

function outputText(read: ReadTransaction, output: Transfer): string {
  if (output.lock?.script === 'op-return') return messageText(read, output);
  const spend = read.spends.get(output.to);
  if (spend !== undefined) return `spent in ${spend.tx}, ${formatTime(spend.blockTime)}`;
  return output.amount > 0n ? 'no spend on record' : '';
}

/** What an output that nobody can spend says, where its script is kept. */
function messageText({ record }: ReadTransaction, output: Transfer): string {
  const script = record?.kind === 'utxo' ? (record.outputs[output.position]?.script ?? null) : null;
  if (script === null) return 'says something the ledger has not kept: ingest it again with --keep-scripts';
  const said = opReturnData(script);
  if (said === null) return `script ${script}`;
  return said.text === null ? `says 0x${Buffer.from(said.data).toString('hex')}` : `says ${said.text}`;
}

function shape({ coinjoin }: ReadTransaction): string {
  if (coinjoin === null) return '';
  return `Shape of a CoinJoin: ${coinjoin.kind}\n  ${coinjoin.rule}.\n  Programs of this kind make this shape; others can make it too, and so can one payer who pays many. A trace stops here unless told to look through.`;
}

function cut(text: string, count: number): string {
  return count > SHOWN ? `${text}\n${SHOWN} of ${grouped(count)} shown; --json has all.` : text;
}

function unknowns({ transfers, record, chain }: ReadTransaction): string {
  const lines: string[] = [];
  const inputs = transfers.filter(({ kind }) => kind === 'input');
  const unresolved = inputs.filter((each) => each.unresolved).length;
  if (unresolved > 0) {
    lines.push(
      `The ledger lacks the outputs that ${unresolved} of its ${inputs.length} inputs spend: their amounts and owners, and the fee, are not known.`,
    );
  }
  if (transfers.length === 0)
    lines.push('The ledger has the record without transfers: the time of its block was not given.');
  if (chain === TRON) lines.push('Logs and calls of Tron are not kept, so bridges and swaps in it cannot be told.');
  else if (record === null && !isUtxoChain(chain)) {
    lines.push(
      'The ledger has no record of its logs and calls, so bridges and swaps in it cannot be told: cairn ingest receipts.',
    );
  }
  if (record?.kind === 'evm' && record.logs === null) {
    const success = record.succeeded === null ? ', and whether it succeeded,' : '';
    lines.push(`No receipt is on record: its events${success} are not known.`);
  }
  if (record?.kind === 'evm' && record.frames === null)
    lines.push('No trace is on record: value that inner calls moved may be missing.');
  if (transfers.some(({ kind }) => kind === 'output'))
    lines.push('"No spend on record" means that the ledger has none, not that there is none.');
  return lines.length === 0 ? '' : `What is not known\n\n${lines.map((line) => `- ${line}`).join('\n')}`;
}
