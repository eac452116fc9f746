import { CairnError } from '../../errors.ts';
import type { ListVersion } from './version.ts';

/** What a version is before it has an id and its parties are counted. */
export type NewVersion = Omit<ListVersion, 'id' | 'parties' | 'accounts'>;

const LIST = /^(?:ofac-sdn|un-sc|eu-fsf|uk-sanctions|opensanctions|custom:[a-z0-9][a-z0-9-]{0,62})$/;

/**
 * The id of a version: `<list>@<issuedOn>+<first 12 hex digits of sha256>`, and `.part` behind it where it is only a part of
 * that file, so that the part and the whole of one file are two versions.
 * @throws {CairnError} `invalid-input`: a list, date or hash of another form. An id names files, so nothing else may pass.
 */
export function versionId({ list, issuedOn, sha256, onlyPart }: NewVersion): string {
  if (!LIST.test(list)) {
    throw new CairnError('invalid-input', `"${list}" is not the id of a list`, {
      hints: ['ofac-sdn, un-sc, eu-fsf, uk-sanctions, opensanctions, or custom:NAME (a-z, 0-9 and -)'],
    });
  }
  if (!isDate(issuedOn)) {
    throw new CairnError('invalid-input', `"${issuedOn}" is not a date of issue (YYYY-MM-DD)`);
  }
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new CairnError('invalid-input', `"${sha256}" is not a SHA-256 in hex`);
  return `${list}@${issuedOn}+${sha256.slice(0, 12)}${onlyPart === null ? '' : '.part'}`;
}

/** A day of the calendar, written `YYYY-MM-DD`? */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
