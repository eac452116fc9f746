import { describe, expect, it } from 'vitest';
import { type Candidate, judgeVersion } from './guard.ts';
import type { ListVersion } from './version.ts';
import { isDate, versionId } from './version-id.ts';

const OLD_HASH = '0'.repeat(64);
const NEW_HASH = '1'.repeat(64);

const CANDIDATE: Candidate = {
  list: 'un-sc',
  issuedOn: '2026-02-27',
  obtainedAt: 1_772_150_400,
  sha256: NEW_HASH,
  source: 'consolidated.xml',
  format: 'un-xml',
  onlyPart: null,
  parties: 1000,
  accounts: 100,
  rejects: 0,
  notes: [],
};

function held(more: Partial<ListVersion> = {}): ListVersion {
  const { rejects: _, ...fields } = CANDIDATE;
  return { ...fields, id: 'un-sc@2026-01-01+000000000000', issuedOn: '2026-01-01', sha256: OLD_HASH, ...more };
}

describe('judgeVersion', () => {
  it('takes a first version, and one that grew or fell by a fifth', () => {
    const fine = { kind: 'acceptable', notes: [] };
    expect(judgeVersion(CANDIDATE, [], null)).toEqual(fine);
    expect(judgeVersion({ ...CANDIDATE, parties: 2000, accounts: 300 }, [held()], null)).toEqual(fine);
    expect(judgeVersion({ ...CANDIDATE, parties: 800, accounts: 80 }, [held()], null)).toEqual(fine);
  });

  it.each([
    ['parties', { parties: 799 }, 'its parties fell by 20 %, from 1000 in un-sc@2026-01-01+000000000000 to 799'],
    ['parties', { parties: 500 }, 'its parties fell by 50 %, from 1000 in un-sc@2026-01-01+000000000000 to 500'],
    ['accounts', { accounts: 0 }, 'its accounts fell by 100 %, from 100 in un-sc@2026-01-01+000000000000 to 0'],
  ])('refuses a list whose %s fell by more', (_, fields, message) => {
    expect(() => judgeVersion({ ...CANDIDATE, ...fields }, [held()], null)).toThrow(
      expect.objectContaining({ code: 'contradiction', message }),
    );
  });

  it('takes a fallen list for a reason, and records it', () => {
    expect(judgeVersion({ ...CANDIDATE, parties: 500 }, [held()], 'the Council ended a regime')).toEqual({
      kind: 'acceptable',
      notes: [
        'accepted although its parties fell by 50 %, from 1000 in un-sc@2026-01-01+000000000000 to 500, because: the Council ended a regime',
      ],
    });
  });

  it('knows a file it holds already, unless it holds only a part of it', () => {
    const whole = held({ sha256: NEW_HASH, issuedOn: '2026-02-27' });
    expect(judgeVersion(CANDIDATE, [whole], null)).toEqual({ kind: 'already-held', version: whole });
    const part = { ...whole, onlyPart: 'parties with accounts', parties: 40, accounts: 100 };
    expect(judgeVersion(CANDIDATE, [part], null).kind).toBe('acceptable');
  });

  it('measures a first whole list against the part that is held', () => {
    const part = held({ onlyPart: 'parties with accounts', parties: 40, accounts: 100 });
    expect(() => judgeVersion({ ...CANDIDATE, accounts: 50 }, [part], null)).toThrow('its accounts fell by 50 %');
  });

  it('does not measure a part against the whole', () => {
    const part = { ...CANDIDATE, onlyPart: 'DPRK', parties: 10, accounts: 0 };
    expect(judgeVersion(part, [held()], null)).toEqual({ kind: 'acceptable', notes: [] });
  });

  it('lets older versions be filled in, measured against what was before them, and says so', () => {
    const older = { ...CANDIDATE, issuedOn: '2015-03-27', parties: 500, accounts: 0 };
    expect(judgeVersion(older, [held()], null)).toEqual({
      kind: 'acceptable',
      notes: ['added after a later version was held: un-sc@2026-01-01+000000000000'],
    });
  });

  it('refuses a file of which more than one entry in a hundred cannot be read', () => {
    expect(judgeVersion({ ...CANDIDATE, parties: 990, rejects: 10 }, [], null).kind).toBe('acceptable');
    expect(() => judgeVersion({ ...CANDIDATE, parties: 989, rejects: 11 }, [], null)).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        message: '11 of 1000 entries could not be read (at most 1 % may be)',
      }),
    );
  });

  it('refuses a list without parties, whatever the reason given', () => {
    expect(() => judgeVersion({ ...CANDIDATE, parties: 0 }, [], 'so be it')).toThrow('holds no listed party');
  });

  it('does not measure one list against another', () => {
    expect(judgeVersion(CANDIDATE, [held({ list: 'ofac-sdn', parties: 18_000 })], null).kind).toBe('acceptable');
  });
});

describe('versionId', () => {
  it('names list, date and file, and tells a part from the whole', () => {
    expect(versionId(CANDIDATE)).toBe('un-sc@2026-02-27+111111111111');
    expect(versionId({ ...CANDIDATE, onlyPart: 'DPRK' })).toBe('un-sc@2026-02-27+111111111111.part');
    expect(versionId({ ...CANDIDATE, list: 'custom:house-2' })).toBe('custom:house-2@2026-02-27+111111111111');
  });

  it.each([
    [{ list: 'custom:../../etc' as const }, '"custom:../../etc" is not the id of a list'],
    [{ issuedOn: '2026-02-30' }, '"2026-02-30" is not a date of issue (YYYY-MM-DD)'],
    [{ issuedOn: '27/02/2026' }, '"27/02/2026" is not a date of issue (YYYY-MM-DD)'],
    [{ sha256: 'ABC' }, '"ABC" is not a SHA-256 in hex'],
  ])('refuses %j', (fields, message) => {
    expect(() => versionId({ ...CANDIDATE, ...fields })).toThrow(message);
  });

  it('knows days of the calendar', () => {
    expect(['2024-02-29', '2023-02-29', '2026-13-01', '2026-1-1', '2026-01-01T00:00Z'].map(isDate)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});
