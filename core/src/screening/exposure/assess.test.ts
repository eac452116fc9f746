import { describe, expect, test } from 'vitest';
import type { Account, Asset } from '../../units/index.ts';
import { assessRisk } from './assess.ts';
import type { Exposure, ExposureCategory, ExposureLine } from './exposure.ts';
import { parseRiskRules } from './risk-rules.ts';
import { formatShare } from './share.ts';

const ETH: Asset = 'eip155:1/slip44:60';
const S: Account = 'eip155:1:0x00000000000000000000000000000000000000aa';
const NOBODY = { listed: false, theftAccount: false, categories: [] };

type Part = {
  readonly category?: ExposureCategory;
  readonly because?: string;
  readonly amount: bigint;
  readonly hops?: number;
  /** All of a line at one hop, where it is not given. */
  readonly direct?: bigint;
  readonly contested?: boolean;
};

/** An exposure of `whole` received in ether, in these parts. */
function received(whole: bigint, parts: readonly Part[], change: Partial<Exposure> = {}): Exposure {
  const lines = parts.map(
    ({ category, because = null, amount, hops = 1, direct, contested = false }, i): ExposureLine => {
      const account: Account = `eip155:1:0x${String(i + 1).padStart(40, '0')}`;
      const common = {
        direction: 'received',
        asset: ETH,
        amount,
        share: { part: amount, whole },
        crossings: [],
      } as const;
      return category === undefined
        ? { ...common, party: null, because, at: [], direct: 0n, hops: null, path: [] }
        : {
            ...common,
            party: { category, entity: `E${i}`, source: 'test', contested, account },
            because,
            at: [],
            direct: hops === 1 ? (direct ?? amount) : 0n,
            hops,
            path: [],
          };
    },
  );
  return {
    ...{ account: S, policy: 'pro-rata/1', lines, coverage: [], limits: [], warnings: [], digest: '' },
    totals: [{ direction: 'received', asset: ETH, amount: whole, gross: whole, returned: 0n }],
    ...change,
  };
}

const rules = (text: string) => parseRiskRules(text, 'rules.yaml', 'abc');
const MIXER = rules(`
rules:
  - { id: m, about: exposure, categories: [mixer], minShare: "0.05", level: medium, because: mixers }
`);

describe('shares', () => {
  test('small parts of one asset count together, exactly at the bound', () => {
    // 3 + 2 of 100 are a twentieth; one unit of a very large whole less is not.
    const two: Part[] = [
      { category: 'mixer', amount: 3n },
      { category: 'mixer', amount: 2n, hops: 4 },
      { category: 'exchange', amount: 95n },
    ];
    const met = assessRisk(received(100n, two), NOBODY, MIXER);
    expect([met.level, met.rules[0]?.fired]).toEqual(['medium', true]);
    expect(met.rules[0]?.because).toMatch(
      /^received eip155:1\/slip44:60: 5\.00 % \(3\.00 % mixer E0 at .*1 hop\(s\); 2\.00 %/,
    );
    const whole = 10n ** 30n;
    const short = received(whole, [{ category: 'mixer', amount: whole / 20n - 1n }]);
    const unmet = assessRisk(short, NOBODY, MIXER);
    expect([unmet.level, unmet.rules[0]?.fired]).toEqual(['none-found', false]);
    expect(unmet.rules[0]?.because).toContain('4.99 %');
    expect(unmet.rules[0]?.because).toContain('less than 5.00 %');
  });

  test('are shown cut, never rounded up, and never as nothing or all where they are not', () => {
    expect(formatShare({ part: 1n, whole: 3n })).toBe('33.33 %');
    expect(formatShare({ part: 2n, whole: 3n })).toBe('66.66 %');
    expect(formatShare({ part: 10n ** 18n - 1n, whole: 10n ** 18n })).toBe('99.99 %');
    expect(formatShare({ part: 1n, whole: 10n ** 18n })).toBe('under 0.01 %');
    expect(formatShare({ part: 0n, whole: 5n })).toBe('0 %');
    expect(formatShare({ part: 5n, whole: 5n })).toBe('100 %');
  });
});

describe('rules', () => {
  const both = rules(`
rules:
  - { id: own, about: account, categories: [listed, theft], level: severe, because: the account itself }
  - { id: near, about: exposure, direction: received, categories: [theft], maxHops: 1, level: high, because: paid directly }
  - { id: far, about: exposure, categories: [theft], level: low, because: any trace }
`);

  test('each says whether it fired and why, in the order of the file; the level is the highest that fired', () => {
    const far = assessRisk(received(10n, [{ category: 'theft', amount: 10n, hops: 2 }]), NOBODY, both);
    expect(far.level).toBe('low');
    expect(far.rules.map(({ rule, fired }) => [rule.id, fired])).toEqual([
      ['own', false],
      ['near', false],
      ['far', true],
    ]);
    expect(far.rules[1]?.because).toBe(`received ${ETH}: nothing traced to theft within 1 hop(s)`);
    expect(assessRisk(received(10n, [{ category: 'theft', amount: 10n }]), NOBODY, both).level).toBe('high');
    expect(assessRisk(null, { ...NOBODY, listed: true }, both).level).toBe('severe');
    expect(assessRisk(null, { ...NOBODY, theftAccount: true }, both).level).toBe('severe');
    expect(assessRisk(null, { ...NOBODY, categories: ['theft'] }, both).rules[0]?.because).toContain('theft');
    expect(far.ruleFile).toEqual({ name: 'rules.yaml', sha256: 'abc' });
  });

  test('a rule about direct dealings counts the direct part of a party that is reached both ways', () => {
    const near = rules(
      'rules: [{ id: near, about: exposure, categories: [mixer], maxHops: 1, minShare: "0.1", level: high, because: b }]',
    );
    const most = received(100n, [{ category: 'mixer', amount: 60n, direct: 9n }]);
    const said = assessRisk(most, NOBODY, near).rules[0];
    expect(said?.fired).toBe(false);
    expect(said?.because).toMatch(/9\.00 % directly \(60\.00 % \(9\.00 % directly\) mixer E0 .*less than 10\.00 %$/);
    const enough = received(100n, [{ category: 'mixer', amount: 60n, direct: 10n }]);
    expect(assessRisk(enough, NOBODY, near).level).toBe('high');
  });

  test('the side that was not asked about does not count', () => {
    const paid = received(10n, [{ category: 'theft', amount: 10n }]);
    const sent = {
      ...paid,
      totals: paid.totals.map((total) => ({ ...total, direction: 'sent' as const })),
      lines: paid.lines.map((line) => ({ ...line, direction: 'sent' as const })),
    };
    const said = assessRisk(sent, NOBODY, both);
    expect(said.rules.map(({ fired }) => fired)).toEqual([false, false, true]);
    expect(said.rules[1]?.because).toBe('the ledger shows nothing received');
  });

  test('caveats say what the level does not: what is unattributed, contested, cut off, declared, unmeasured', () => {
    const exposure = received(
      1000n,
      [
        { category: 'theft', amount: 500n, contested: true },
        { category: 'suspected-service', amount: 200n },
        { because: 'gap', amount: 250n },
        { because: 'max-hops', amount: 50n },
      ],
      {
        limits: [
          { limit: 'max-hops 10', hit: true },
          { limit: 'max-accounts 5000', hit: false },
        ],
        warnings: [{ code: 'declared-crossings', message: 'rests on swaps', accounts: [] }],
      },
    );
    expect(assessRisk(exposure, NOBODY, both).caveats).toEqual([
      `received ${ETH}: 30.00 % is attributed to nobody (gap 25.00 %, max-hops 5.00 %).`,
      `received ${ETH}: 20.00 % ends at accounts that behave like a service nobody names.`,
      `Who these accounts are is contested between labels: eip155:1:0x${'1'.padStart(40, '0')}.`,
      'The limit max-hops 10 was hit: beyond it nothing was looked at.',
      'rests on swaps',
    ]);
    const unmeasured = assessRisk(null, NOBODY, both);
    expect(unmeasured.level).toBe('none-found');
    expect(unmeasured.caveats).toHaveLength(1);
    expect(unmeasured.rules[2]?.because).toBe('no exposure was measured');
  });
});
