import { CairnError } from '../../errors.ts';
import { compareVersions } from './in-force.ts';
import type { ListVersion } from './version.ts';
import type { NewVersion } from './version-id.ts';

/**
 * How far a list may fall from one version to the next before it is taken for a broken file. A large true fall: from September
 * 2024 to November 2025, with Tornado Cash delisted in between, OFAC's Ethereum addresses went from 152 to 77, about an eighth of
 * all its accounts. Lists cut off in transport lose any share. A true fall beyond a fifth is rare enough to be confirmed by hand.
 */
export const MOST_SHRINKAGE = 0.2;

/** The share of entries that may be unreadable: beyond it, the file is of another format than Cairn knows, not merely flawed. */
export const MOST_REJECTED = 0.01;

export type Judgement =
  | { readonly kind: 'already-held'; readonly version: ListVersion }
  /** `notes`: what somebody who relies on the version must know about its acceptance. */
  | { readonly kind: 'acceptable'; readonly notes: readonly string[] };

export type Candidate = NewVersion &
  Pick<ListVersion, 'parties' | 'accounts'> & {
    /** Entries that could not be read. */
    readonly rejects: number;
  };

/**
 * May this content become a version of its list?
 *
 * It is compared with the version it would follow: the newest of the same scope issued no later than it; where there is none,
 * a whole list is compared with the newest part held. Filling in older versions is allowed and said.
 *
 * @param accept - why a fall or rejects beyond bounds are right, in the words of whoever says so; null: nobody says so.
 * @throws {CairnError} `contradiction`: parties or accounts fell by more than {@link MOST_SHRINKAGE}.
 * @throws {CairnError} `invalid-input`: no party, or more than {@link MOST_REJECTED} of the entries unreadable.
 */
export function judgeVersion(candidate: Candidate, held: readonly ListVersion[], accept: string | null): Judgement {
  const ofList = held.filter(({ list }) => list === candidate.list).sort(compareVersions);
  const sameScope = ofList.filter(({ onlyPart }) => onlyPart === candidate.onlyPart);
  const same = sameScope.find(({ sha256 }) => sha256 === candidate.sha256);
  if (same !== undefined) return { kind: 'already-held', version: same };
  if (candidate.parties === 0) throw new CairnError('invalid-input', `${candidate.source} holds no listed party`);
  const objections = [...rejectedTooMany(candidate), ...fellTooFar(candidate, ofList)];
  const [first] = objections;
  if (first !== undefined && accept === null) throw first;
  const newest = sameScope.at(-1);
  return {
    kind: 'acceptable',
    notes: [
      ...objections.map(({ message }) => `accepted although ${message}, because: ${accept}`),
      ...(newest !== undefined && candidate.issuedOn < newest.issuedOn
        ? [`added after a later version was held: ${newest.id}`]
        : []),
    ],
  };
}

function rejectedTooMany({ rejects, parties }: Candidate): CairnError[] {
  const entries = rejects + parties;
  if (rejects <= MOST_REJECTED * entries) return [];
  return [
    new CairnError(
      'invalid-input',
      `${rejects} of ${entries} entries could not be read (at most ${100 * MOST_REJECTED} % may be)`,
      {
        hints: ['the reasons say where; --accept-shrunken REASON takes the rest all the same, and records the reason'],
      },
    ),
  ];
}

function fellTooFar(candidate: Candidate, ofList: readonly ListVersion[]): CairnError[] {
  const before = ofList.filter(({ issuedOn }) => issuedOn <= candidate.issuedOn);
  const baseline =
    before.filter(({ onlyPart }) => onlyPart === candidate.onlyPart).at(-1) ??
    (candidate.onlyPart === null ? before.at(-1) : undefined);
  if (baseline === undefined) return [];
  return (['parties', 'accounts'] as const)
    .filter((what) => candidate[what] < (1 - MOST_SHRINKAGE) * baseline[what])
    .map((what) => {
      const share = Math.round((100 * (baseline[what] - candidate[what])) / baseline[what]);
      return new CairnError(
        'contradiction',
        `its ${what} fell by ${share} %, from ${baseline[what]} in ${baseline.id} to ${candidate[what]}`,
        {
          hints: [
            'a file cut short, or of another list, looks like this: fetch it again',
            `if the publisher did remove that many: cairn lists import FILE --accept-shrunken "why"`,
          ],
        },
      );
    });
}
