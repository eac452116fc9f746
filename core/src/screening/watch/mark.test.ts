import { describe, expect, test } from 'vitest';
import type { Account } from '../../units/index.ts';
import type { AccountAnswer, AppliedDecision, NameAnswer } from '../answer.ts';
import type { ListedParty } from '../lists/party.ts';
import { compareMarks, markOf, needsAlert, showChange } from './mark.ts';
import type { AnswerMark } from './watch.ts';

const ADDRESS = '0x098b716b8aaf21512996dc57eb0615e2383e2f96';
const PARTY: ListedParty = {
  id: 'ofac-sdn:27307',
  list: 'ofac-sdn',
  reference: '27307',
  kind: 'organisation',
  names: [{ full: 'LAZARUS GROUP', kind: 'name', quality: 'primary', script: 'Latn' }],
  births: [],
  places: [],
  identifiers: [],
  accounts: [{ code: 'ETH', address: ADDRESS }],
  programmes: ['DPRK3'],
  listedOn: '2019-09-13',
  amendedOn: [],
  remarks: null,
};

function answer(changes: Partial<AccountAnswer> = {}, version = 'ofac-sdn@2026-01-01+aaaaaaaaaaaa'): AccountAnswer {
  const list = {
    id: version,
    list: 'ofac-sdn',
    issuedOn: '2026-01-01',
    onlyPart: null,
    sha256: '',
    source: '',
  } as const;
  return {
    kind: 'account',
    asked: ADDRESS,
    form: { canonical: ADDRESS, chains: ['eip155:*'], account: `eip155:1:${ADDRESS}` as Account, notes: [] },
    verdict: 'no-match',
    because: null,
    listings: [],
    thefts: [],
    labels: [],
    deposit: null,
    exposure: null,
    risk: null,
    nearMisses: [],
    decisions: [],
    basis: {
      asOf: '2026-01-02T00:00:00Z',
      knownAt: null,
      lists: [{ ...list, ageDays: 1 }],
      notHeld: [],
      labels: { count: 0, sources: 0 },
      theftRegister: { incidents: 0, accounts: 0 },
      ledger: null,
      ledgerNote: 'not asked',
    },
    ...changes,
  };
}

const LISTING = { party: PARTY, listed: { code: 'ETH', address: ADDRESS }, version: 'v', reach: '' };

function applied(standing: AppliedDecision['standing']): AppliedDecision {
  const by = { by: 'ann', because: 'x', at: 1, until: null, matchDigest: 'a'.repeat(64) };
  const decision = { id: 'D-1', subject: ADDRESS, subjectText: ADDRESS, matchId: PARTY.id, ...by };
  return { decision: { ...decision, verdict: 'false-positive' }, standing };
}

describe('the mark of an answer', () => {
  test('hits in words, sorted, each once', () => {
    const label = { account: `eip155:1:${ADDRESS}` as Account, entity: null, confidence: 50, labelledAt: null };
    const mark = markOf(
      answer({
        verdict: 'listed',
        listings: [LISTING, LISTING],
        thefts: [{ incident: 'ronin-2022', role: 'r', source: 's' }],
        labels: [{ ...label, name: 'Ronin Exploiter', category: 'theft', source: 'etherscan' }],
      }),
    );
    expect(mark).toEqual({
      verdict: 'listed',
      hits: ['labelled theft Ronin Exploiter by etherscan', 'listed ofac-sdn:27307', 'theft ronin-2022'],
      suppressed: [],
      lists: ['ofac-sdn@2026-01-01+aaaaaaaaaaaa'],
      asOf: '2026-01-02T00:00:00Z',
    });
  });

  test('a new version of a list, an amended entry and another day change no hit', () => {
    const before = markOf(answer({ verdict: 'listed', listings: [LISTING] }));
    const amended = { ...LISTING, version: 'w', party: { ...PARTY, remarks: 'amended' } };
    const after = markOf(answer({ verdict: 'listed', listings: [amended] }, 'ofac-sdn@2026-02-01+bbbbbbbbbbbb'));
    expect(after.lists).not.toEqual(before.lists);
    expect(compareMarks(before, after)).toEqual([]);
  });

  test('a name is marked by the parties it matches', () => {
    const { basis } = answer();
    const name: NameAnswer = {
      kind: 'name',
      asked: { name: 'Lazarus', kind: null, birth: null, countries: [] },
      verdict: 'match',
      because: null,
      notCompared: null,
      threshold: 80,
      screening: {
        kind: 'screened',
        tokens: ['lazarus'],
        scripts: [],
        matches: [{ party: PARTY, name: PARTY.names[0] as never, score: 90, pairs: [], steps: [] }],
        more: 0,
        notes: [],
      },
      decisions: [applied('suppresses')],
      basis,
    };
    expect(markOf(name)).toMatchObject({ hits: ['match ofac-sdn:27307'], suppressed: ['match ofac-sdn:27307'] });
  });
});

describe('what differs between two marks', () => {
  const mark = (verdict: string, hits: string[], suppressed: string[] = []): AnswerMark => {
    return { verdict, hits, suppressed, lists: [], asOf: '2026-01-02T00:00:00Z' };
  };
  const compared = (before: AnswerMark, after: AnswerMark) => {
    const changes = compareMarks(before, after);
    return { words: changes.map(showChange), alert: needsAlert(changes) };
  };

  test('a designation is new, a delisting gone; both need an alert', () => {
    const clean = mark('no-match', []);
    const listed = mark('listed', ['listed a', 'risk severe']);
    expect(compared(clean, listed)).toEqual({ words: ['new: listed a', 'new: risk severe'], alert: true });
    expect(compared(listed, clean)).toEqual({ words: ['gone: listed a', 'gone: risk severe'], alert: true });
  });

  test('a hit that a decision sets aside needs none; one that counts again does', () => {
    const listed = mark('listed', ['listed a', 'risk severe']);
    const aside = mark('no-match', [], ['listed a']);
    expect(compared(listed, aside)).toEqual({
      words: ['gone: risk severe', 'set aside by a decision: listed a'],
      alert: false,
    });
    expect(compared(aside, listed)).toEqual({
      words: ['new: risk severe', 'counts again, no decision sets it aside any more: listed a'],
      alert: true,
    });
  });

  test('a risk level that rises beside a hit set aside needs an alert, one that falls does not', () => {
    const before = mark('listed', ['listed a', 'risk medium']);
    expect(compared(before, mark('exposed', ['risk high'], ['listed a'])).alert).toBe(true);
    expect(compared(before, mark('exposed', ['risk low'], ['listed a'])).alert).toBe(false);
  });

  test('another hit beside one set aside needs an alert', () => {
    const after = mark('listed', ['listed b'], ['listed a']);
    expect(compared(mark('listed', ['listed a']), after).alert).toBe(true);
  });

  test('a verdict that alone differs is a change: nothing can be said any more', () => {
    expect(compared(mark('no-match', []), mark('unknown', []))).toEqual({
      words: ['verdict: no-match → unknown'],
      alert: true,
    });
  });
});
