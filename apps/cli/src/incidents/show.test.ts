import type { AmountRule } from '@cairn/core/incidents';
import { describe, expect, test } from 'vitest';
import { openRecord } from './open-record.ts';
import { describeIncident } from './show.ts';

/** Incidents of which the compilation that the record began from notes a conflict, a doubt or a dispute. */
const NOTED = `
alphapo-2023 atomic-wallet-2023 bancor-2018 bitcurex-2016 bithumb-2017-02 bithumb-2017-07 bithumb-2019
btcturk-2024 bybit-2025 coinbene-2019 coincheck-2018 coindcx-2025 coinsecure-2018 coinspaid-2023
cypherium-2018 deltaprime-2024-09 deltaprime-2024-11 deribit-2022 easyfi-2021 finnexus-2021 gateio-2018
harmony-2022 heco-2023 htx-2023-09 htx-2023-11 india-unidentified-2018 itw-company1-2024-03 kucoin-2020
liquid-2021 loopring-2024 lykke-2024 marine-chain-2018 mixin-2023 munchables-2024 nfprompt-2024 nomad-2022
onyx-dao-2024 orbit-2023 paid-network-2021 playdapp-2024 prismafi-2024 qubit-2022 rain-2024 ronin-2022
stake-2023 step-finance-2026 swissborg-2025 un-second-hack-2020-10 unknown-2026-05-01 upbit-2019 upbit-2025
uwu-lend-2024 wannacry-2017 wilder-world-2024 yapizon-2017 youbit-2017 zaif-2018 zoth-2025
`
  .trim()
  .split(/\s+/);

const record = openRecord({});
const { incidents } = record;
const shown = (slug: string, rule: AmountRule = 'preferred'): string => describeIncident(record, slug, rule).text;

describe('one incident’s page', () => {
  test('every conflict, dispute and note on record is on it, and the noted ones have theirs', () => {
    expect(NOTED).toHaveLength(58);
    const missing: string[] = [];
    for (const { slug, conflicts, notes, attribution } of incidents) {
      const disputes = attribution.claims.flatMap(({ stance, note }) => (stance === 'disputes' ? [note ?? '?'] : []));
      const said = [...conflicts.map(({ says }) => says), ...notes, ...disputes];
      const page = shown(slug);
      missing.push(...said.filter((text) => !page.includes(text)).map((text) => `${slug}: ${text}`));
      if (NOTED.includes(slug) && said.length === 0) missing.push(`${slug}: nothing noted`);
    }
    expect(missing).toEqual([]);
  });

  test('every amount variant is on it, and the rule decides which counts', () => {
    const [preferred, lowest] = [shown('playdapp-2024'), shown('playdapp-2024', 'lowest')];
    for (const page of [preferred, lowest]) {
      expect(page).toMatch(/\$290,000,000 +MSMT/);
      expect(page).toMatch(/\$36,000,000 +tayvano/);
    }
    expect(preferred).toContain('$290,000,000 by MSMT (rule preferred)');
    expect(lowest).toContain('$36,000,000 by tayvano (rule lowest)');
    expect(lowest).toMatch(/→ +\$36,000,000 +tayvano/);
  });

  test('how each source was read, the grade of attribution and that it is a transcription are on every page', () => {
    for (const { slug, sources } of incidents) {
      const page = shown(slug);
      expect(page).toContain('This is a transcription of what sources say, not independent confirmation of it.');
      expect(page).toMatch(
        /attributed by a government body|listed as suspected in a UN report|attributed by private firms|suspected only/,
      );
      for (const { read } of sources) expect(page).toContain(read);
    }
  });

  test('what is taken from ATT&CK has ids, names and mitigations; a case with transfers can be traced', () => {
    const page = shown('bybit-2025');
    expect(page).toMatch(/T1566\.003 +Spearphishing via Service/);
    expect(page).toContain('M1017 User Training');
    expect(page).toContain('cairn trace --case bybit-2025');
    expect(shown('ronin-2022')).not.toContain('cairn trace');
  });

  test('no page of a private person says more than that', () => {
    const people = incidents.filter(({ victim }) => victim.kind === 'private-person');
    expect(people).toHaveLength(100);
    for (const { slug } of people) {
      const page = shown(slug);
      expect(page.startsWith(`private person  [${slug}]`)).toBe(true);
      expect(page).toContain('Accounts: none on record.');
      expect(page).not.toMatch(/t\.me\/\w+\/\d|0x[0-9a-f]{8}|(?:^|\W)@\w/i);
    }
  });

  test('an unknown slug is refused, with what is like it', () => {
    expect(() => shown('ronin-2023')).toThrow(/no incident is called ronin-2023/);
  });
});
