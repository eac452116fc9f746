import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Transfer } from '../../ledger/index.ts';
import { account, ETH, TRANSFERS, USD } from './sample-trace.ts';
import { misplacedRows, readTransfersCsv, TRANSFER_COLUMNS, writeTransfersCsv } from './transfers-csv.ts';

const digit = fc.constantFrom('1', '2', '3', 'a', 'f');
const arbitraryTransfer: fc.Arbitrary<Transfer> = fc.record({
  chain: fc.constant('eip155:1' as const),
  blockNumber: fc.nat(),
  txIndex: fc.nat(),
  position: fc.integer({ min: -1 }),
  blockTime: fc.nat(),
  tx: digit.map((d) => `0x${d.repeat(64)}`),
  from: digit.map(account),
  to: digit.map(account),
  asset: fc.constantFrom(ETH, USD),
  amount: fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
  kind: fc.constantFrom('native', 'internal', 'token', 'fee'),
  assigned: fc.constantFrom('none', 'position', 'index', 'both'),
  rounded: fc.boolean(),
});

test('law: transfers written and read are the same, to the base unit', () => {
  fc.assert(
    fc.property(fc.array(arbitraryTransfer), (transfers) => {
      expect(readTransfersCsv(writeTransfersCsv(transfers))).toEqual(transfers);
    }),
    { numRuns: 50 },
  );
});

test.each([
  ['a missing column', (row: string[]) => row.slice(1), 'has 12 columns where 13 are expected'],
  ['a leading zero', (row: string[]) => row.with(9, '01'), 'column amount cannot be "01"'],
  ['a fraction', (row: string[]) => row.with(9, '1.5'), 'column amount cannot be "1.5"'],
  ['an unknown kind', (row: string[]) => row.with(10, 'gift'), 'column kind cannot be "gift"'],
  ['a position below the fee', (row: string[]) => row.with(3, '-2'), 'column position cannot be "-2"'],
])('%s is refused with line and column', (_, edit, message) => {
  const lines = new TextDecoder().decode(writeTransfersCsv(TRANSFERS)).split('\n');
  lines[2] = edit((lines[2] as string).split(',')).join(',');
  const bytes = new TextEncoder().encode(lines.join('\n'));
  expect(() => readTransfersCsv(bytes)).toThrow(`transfers.csv: line 3: ${message}`);
});

test('a file without the header is refused', () => {
  expect(() => readTransfersCsv(new Uint8Array(0))).toThrow('transfers.csv: line 1: the header is missing');
  expect(() => readTransfersCsv(new TextEncoder().encode('a,b\n'))).toThrow(TRANSFER_COLUMNS.join(','));
});

test('rows out of order, and rows in the same place, are named', () => {
  const [first, second, third] = TRANSFERS as [Transfer, Transfer, Transfer];
  expect(misplacedRows(TRANSFERS)).toEqual([]);
  expect(misplacedRows([second, first, third])).toEqual([{ line: 3, message: 'belongs before the row above it' }]);
  expect(misplacedRows([first, first])).toEqual([
    { line: 3, message: 'has the same place in the order as the row above it' },
  ]);
});
