import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixtureEvidence } from '../../../../test/crossings-fixtures.ts';
import type { TransactionEvidence } from '../../ledger/index.ts';
import { legKey } from './leg.ts';
import { decodeLegs, keysOf, PROTOCOLS } from './protocols.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const FIXTURES = join(ROOT, 'test/data/crossings');

function* everyRecord(): Generator<{ readonly file: string; readonly evidence: TransactionEvidence }> {
  for (const folder of readdirSync(FIXTURES, { withFileTypes: true })) {
    if (!folder.isDirectory()) continue;
    for (const file of readdirSync(join(FIXTURES, folder.name))) {
      if (file === 'expected.json') continue;
      for (const evidence of fixtureEvidence(folder.name, file)) yield { file: `${folder.name}/${file}`, evidence };
    }
  }
}

describe('the protocols', () => {
  it('are sorted by id, and each id is one', () => {
    const ids = PROTOCOLS.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort());
  });

  it('are in docs/methods/crossings.md with what they prove and what they cannot', () => {
    const page = readFileSync(join(ROOT, 'docs/methods/crossings.md'), 'utf8');
    const table = page.slice(page.indexOf('\n## Protocols\n'));
    const rows = table.split('\n').filter((line) => line.startsWith('| `'));
    expect(rows).toEqual(
      PROTOCOLS.map(({ id, title, proves, cannotProve }) => `| \`${id}\` ${title} | ${proves} | ${cannotProve} |`),
    );
  });

  it('each name themselves in their legs, and decode every recorded transaction without failing', () => {
    let legs = 0;
    for (const { file, evidence } of everyRecord()) {
      for (const { id, decode } of PROTOCOLS) {
        for (const leg of decode(evidence)) {
          legs++;
          expect({ file, leg: [leg.protocol, leg.chain, leg.tx] }).toEqual({
            file,
            leg: [id, evidence.chain, evidence.tx],
          });
        }
      }
    }
    expect(legs).toBeGreaterThan(0);
  });

  it('find nothing in a transaction that failed', () => {
    for (const { file, evidence } of everyRecord()) {
      if (evidence.kind === 'evm') {
        expect({ file, legs: decodeLegs({ ...evidence, succeeded: false }) }).toEqual({ file, legs: [] });
      }
    }
  });

  it('find nothing of their own in the wraps and swaps of other contracts', () => {
    const found = new Set<string>();
    for (const { file, evidence } of everyRecord()) {
      if (!file.startsWith('dex_') && !file.startsWith('wraps/')) continue;
      for (const { protocol } of decodeLegs(evidence)) found.add(`${file} ${protocol}`);
    }
    expect([...found]).toEqual(['wraps/lido_withdrawal_claim.json lido']);
  });
});

describe('the keys of a record', () => {
  it('are those of its legs, each once', () => {
    for (const { file, evidence } of everyRecord()) {
      const keys = new Set(decodeLegs(evidence).flatMap((leg) => legKey(leg) ?? []));
      expect({ file, keys: keysOf(evidence) }).toEqual({ file, keys: [...keys].sort() });
    }
  });
});
