import type { z } from 'zod';
import { CairnError } from '../../../errors.ts';
import { countryOf, countryOfPlace } from '../../../units/index.ts';
import type { ListedName, ListedParty, ListId, PartialDate, Place } from '../party.ts';
import { scriptOf } from '../scripts.ts';
import type { ListParser, ListReject } from '../version.ts';
import { HEADER, PARTY, reasonOf } from './cairn-list-schema.ts';
import { createJsonLineReader } from './json-lines.ts';

/** The first line of a list in Cairn's own format. */
export type CairnListHeader = {
  readonly list: ListId;
  /** ISO date; null: not said. */
  readonly issuedOn: string | null;
  /** null: the whole list; else what part of it, in words. */
  readonly onlyPart: string | null;
};

export type CairnListParser = ListParser & {
  /** null: not read yet. */
  header(): CairnListHeader | null;
};

type PartyLine = z.output<typeof PARTY>;

/**
 * Reads a list in Cairn's own format: JSON lines, a header and then one party a line. See docs/reference/cairn-list.md.
 * Lines that are not a party are rejected with their number, the others are kept; an id that stands twice is rejected.
 * @throws {CairnError} `invalid-input` from `write` and `end`: no header, cut off, no party at all.
 */
export function createCairnListParser(onParty: (party: ListedParty) => void): CairnListParser {
  const rejects: ListReject[] = [];
  const ids = new Set<string>();
  let header: CairnListHeader | null = null;

  const reject = (reason: string, line: number): void => {
    rejects.push({ place: `line ${line}`, reason });
  };
  const reader = createJsonLineReader({
    value(value, line) {
      if (header === null) {
        header = readHeader(value, line);
        return;
      }
      const parsed = PARTY.safeParse(value);
      const party = parsed.success ? readParty(parsed.data, header.list) : reasonOf(parsed.error);
      if (typeof party === 'string') reject(party, line);
      else if (ids.has(party.id)) reject(`id ${party.id} again`, line);
      else {
        ids.add(party.id);
        onParty(party);
      }
    },
    bad(reason, line) {
      if (header === null) throw noHeader(reason, line);
      reject(reason, line);
    },
  });

  return {
    write: reader.write,
    end() {
      reader.end();
      if (header === null) throw noHeader('the file is empty', 1);
      if (ids.size === 0)
        throw new CairnError('invalid-input', 'the list holds no party', {
          hints: rejects.slice(0, 3).map(({ place, reason }) => `${place}: ${reason}`),
        });
      return { issuedOn: header.issuedOn, rejects };
    },
    header: () => header,
  };
}

/**
 * A list in Cairn's own format, as text that `createCairnListParser` reads back to the same parties.
 * @throws {CairnError} `contradiction`: a party of another list than the header's.
 */
export function formatCairnList(header: CairnListHeader, parties: Iterable<ListedParty>): string {
  const { list, issuedOn, onlyPart } = header;
  const lines = [JSON.stringify({ 'cairn-list': 1, list, issuedOn, onlyPart })];
  for (const { list: own, ...party } of parties) {
    if (own !== list)
      throw new CairnError('contradiction', `party ${party.id} is of list ${own}, the header of ${list}`);
    const said = Object.entries(party).filter(
      ([, value]) => value !== null && !(Array.isArray(value) && value.length === 0),
    );
    lines.push(JSON.stringify(Object.fromEntries(said)));
  }
  return `${lines.join('\n')}\n`;
}

function readHeader(value: unknown, line: number): CairnListHeader {
  const parsed = HEADER.safeParse(value);
  if (!parsed.success) throw noHeader(reasonOf(parsed.error), line);
  const { list, issuedOn, onlyPart } = parsed.data;
  return { list, issuedOn, onlyPart };
}

function noHeader(reason: string, line: number): CairnError {
  return new CairnError('invalid-input', `line ${line}: not the header of a Cairn list: ${reason}`, {
    hints: ['The first line reads {"cairn-list":1,"list":"custom:house","issuedOn":"2026-11-20"}'],
  });
}

/** The party, or why there is none. */
function readParty(line: PartyLine, list: ListId): ListedParty | string {
  if (line.list !== undefined && line.list !== list) return `list: ${line.list} is not the header's ${list}`;
  const id = line.id.startsWith(`${list}:`) ? line.id : `${list}:${line.id}`;
  const births = line.births.map(birthOf);
  const wrong = births.findIndex(({ from, to }) => from.slice(0, to.length) > to);
  if (wrong >= 0) return `births.${wrong}: from is later than to`;
  const nowhere = line.places.findIndex(({ country, text }) => country == null && text === undefined);
  if (nowhere >= 0) return `places.${nowhere}: neither country nor text`;
  return {
    id,
    list,
    reference: line.reference ?? id.slice(list.length + 1),
    kind: line.kind,
    names: line.names.map(nameOf),
    births,
    places: line.places.map(placeOf),
    identifiers: line.identifiers,
    accounts: line.accounts.map((account) =>
      typeof account === 'string' ? { code: null, address: account } : account,
    ),
    programmes: [...new Set(line.programmes)],
    listedOn: line.listedOn,
    amendedOn: line.amendedOn.toSorted(),
    remarks: line.remarks,
  };
}

function nameOf(name: PartyLine['names'][number], index: number): ListedName {
  const {
    full,
    kind = index === 0 ? 'name' : 'aka',
    quality,
    script,
  } = typeof name === 'string' ? { full: name } : name;
  return { full, kind, quality: quality ?? (index === 0 ? 'primary' : 'strong'), script: script ?? scriptOf(full) };
}

function birthOf(birth: PartyLine['births'][number]): PartialDate {
  if (typeof birth === 'string') return { from: birth, to: birth, approximate: false };
  return { from: birth.from, to: birth.to ?? birth.from, approximate: birth.approximate };
}

function placeOf({ role, country, text }: PartyLine['places'][number]): Place {
  if (text === undefined) return { role, country: country ?? null, text: country ?? '' };
  const read = role === 'birth' || role === 'address' ? countryOfPlace(text) : countryOf(text);
  return { role, country: country === undefined ? read : country, text };
}
