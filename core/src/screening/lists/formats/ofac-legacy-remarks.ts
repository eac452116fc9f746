import { countryOf, countryOfPlace } from '../../../units/index.ts';
import type { Identifier, ListedAccount, ListedName, PartialDate, Place } from '../party.ts';
import { scriptOf } from '../scripts.ts';
import { isoDate } from './date-span.ts';

/** What the remarks of an entry say about it, in the order they say it. */
export type LegacyRemarks = {
  readonly names: readonly ListedName[];
  readonly births: readonly PartialDate[];
  readonly places: readonly Place[];
  readonly identifiers: readonly Identifier[];
  readonly accounts: readonly ListedAccount[];
  /** Items of a known kind that could not be read: dates in another form. */
  readonly unread: readonly string[];
};

type Reading = { [key in keyof LegacyRemarks]: LegacyRemarks[key][number][] };

/**
 * What do the remarks of an OFAC legacy entry say: `DOB 28 Jul 1963; POB Toledo District, Belize; Passport …`?
 * Items of other kinds (`Linked To:`, risks, gender) stay in the remarks only.
 * @param remarks - the whole text, its continuation in sdn_comments.csv joined on.
 * @see OFAC, "SDN data specification": weak aliases stand in the remarks, in quotes.
 */
export function readLegacyRemarks(remarks: string): LegacyRemarks {
  const reading: Reading = { names: [], births: [], places: [], identifiers: [], accounts: [], unread: [] };
  for (const item of remarks.replace(/\.\s*$/, '').split(/;\s*/)) readItem(item.trim().replace(/^alt\. /, ''), reading);
  return reading;
}

function readItem(item: string, reading: Reading): void {
  const [, code, address] = /^Digital Currency Address - (\S+) (\S+)$/.exec(item) ?? [];
  if (code !== undefined && address !== undefined) {
    if (!reading.accounts.some((held) => held.code === code && held.address === address))
      reading.accounts.push({ code, address });
    return;
  }
  if (item.startsWith('Digital Currency Address')) {
    reading.unread.push(item);
    return;
  }
  const [, alias, name] = /^([afn])\.k\.a\. ['"](.+)['"]$/.exec(item) ?? [];
  if (alias !== undefined && name !== undefined) {
    reading.names.push({ full: name, kind: `${alias}ka` as 'aka', quality: 'weak', script: scriptOf(name) });
    return;
  }
  if (!readDate(item, reading) && !readPlace(item, reading)) readIdentifier(item, reading);
}

function readDate(item: string, reading: Reading): boolean {
  const [, text] = /^(?:DOB|Organization Established Date) (.+)$/.exec(item) ?? [];
  if (text === undefined) return false;
  const date = readLegacyDate(text);
  if (date === null) reading.unread.push(item);
  else reading.births.push(date);
  return true;
}

const PLACES: readonly (readonly [string, Place['role']])[] = [
  ['POB ', 'birth'],
  ['nationality ', 'nationality'],
  ['citizen ', 'citizenship'],
  ['Nationality of Registration ', 'registration'],
  ['Registration Country ', 'registration'],
];

function readPlace(item: string, reading: Reading): boolean {
  const found = PLACES.find(([start]) => item.startsWith(start));
  if (found === undefined) return false;
  const [start, role] = found;
  const text = item.slice(start.length);
  reading.places.push({ role, country: role === 'birth' ? countryOfPlace(text) : countryOf(text), text });
  return true;
}

function readIdentifier(item: string, reading: Reading): void {
  const kind = IDENTIFIERS.find((start) => item.startsWith(`${start} `));
  if (kind === undefined) return;
  const [, value = '', brackets = ''] =
    /^(.*?)((?: \([^()]*\))*)(?: (?:issued|expires) .*)?$/.exec(item.slice(kind.length + 1)) ?? [];
  if (value === '') return;
  const country = /\(([^()]*)\)$/.exec(brackets)?.[1];
  reading.identifiers.push({ kind, value, country: country === undefined ? null : countryOf(country) });
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `28 Jul 1963`, `Jul 1963`, `1963`, `circa 1963`, `1961 to 1963`; null: another form, or no such day. */
export function readLegacyDate(text: string): PartialDate | null {
  const approximate = /^circa /i.test(text);
  const [first = '', last = first, ...more] = text.replace(/^circa /i, '').split(/ to |(?<=\d{4})-(?=\d{4})/);
  const from = isoOf(first);
  const to = isoOf(last);
  return from === null || to === null || more.length > 0 || from.slice(0, to.length) > to
    ? null
    : { from, to, approximate };
}

function isoOf(text: string): string | null {
  const [, day, month, year = ''] = /^(?:(?:(\d{1,2}) )?([A-Z][a-z]{2}) )?(\d{4})$/.exec(text.trim()) ?? [];
  if (year === '') return null;
  if (month === undefined) return year;
  const number = MONTHS.indexOf(month) + 1;
  if (number === 0) return null;
  const monthText = `${year}-${String(number).padStart(2, '0')}`;
  if (day === undefined) return monthText;
  return isoDate(Number(year), number, Number(day));
}

/**
 * The kinds of document and number that remarks name, longest first. From OFAC's own reference values
 * (IDRegDocType, and the FeatureTypes that identify), sdn_advanced.xml.
 */
const IDENTIFIERS: readonly string[] = [
  'Cedula No.',
  'Passport',
  'SSN',
  'R.F.C.',
  'RFC',
  'D.N.I.',
  'NIT #',
  'US FEIN',
  "Driver's License No.",
  'RUC #',
  'N.I.E.',
  'C.I.F.',
  'Business Registration Document #',
  'RIF #',
  'National ID No.',
  'Registration ID',
  'LE Number',
  'Bosnian Personal ID No.',
  'Registered Charity No.',
  'V.A.T. Number',
  'Credencial electoral',
  'Kenyan ID No.',
  'Italian Fiscal Code',
  'Serial No.',
  'C.I.N.',
  'C.U.I.T.',
  'Tax ID No.',
  'Moroccan Personal ID No.',
  'Public Security and Immigration No.',
  'C.U.R.P.',
  'British National Overseas Passport',
  'C.R. No.',
  'UK Company Number',
  'Immigration No.',
  'Travel Document Number',
  'Electoral Registry No.',
  'Identification Number',
  'Paraguayan tax identification number',
  'National Foreign ID Number',
  'Diplomatic Passport',
  'Dubai Chamber of Commerce Membership No.',
  'Trade License No.',
  'Commercial Registry Number',
  'Certificate of Incorporation Number',
  'Tourism License No.',
  'Aircraft Serial Identification',
  'Cartilla de Servicio Militar Nacional',
  'C.U.I.P.',
  'Vessel Registration Identification',
  'Personal ID Card',
  'Federal ID Card',
  'Registration Certificate Number (Dubai)',
  'VisaNumberID',
  'Matricula Mercantil No',
  'Residency Number',
  'Numero Unico de Identificacao Tributaria (NUIT)',
  'CNP (Personal Numerical Code)',
  'Romanian Permanent Resident',
  'Government Gazette Number',
  'Fiscal Code',
  'Pilot License Number',
  'Romanian C.R.',
  'Folio Mercantil No.',
  'Istanbul Chamber of Comm. No.',
  'Turkish Identification Number',
  'Romanian Tax Registration',
  'Stateless Person Passport',
  'Stateless Person ID Card',
  'Refugee ID Card',
  'Afghan Money Service Provider License Number',
  'MMSI',
  'Company Number',
  'Public Registration Number',
  'N.I.F.',
  'RTN',
  'Numero de Identidad',
  'Tarjeta de Identidad',
  'SRE Permit No.',
  'Tazkira National ID Card',
  'License',
  'Chinese Commercial Code',
  'I.F.E.',
  'Branch Unit Number',
  'Enterprise Number',
  'Organization Code',
  "Citizen's Card Number",
  'UAE Identification',
  'United Social Credit Code Certificate (USCCC)',
  'Chamber of Commerce Number',
  'Legal Entity Number',
  'Business Number',
  'Birth Certificate Number',
  'Business Registration Number',
  'Registration Number',
  'MSB Registration Number',
  'File Number',
  'C.U.I.',
  "Seafarer's Identification Document",
  'Unified Social Credit Code (USCC)',
  'Central Registration System Number',
  'Economic Register Number (CBLS)',
  'Trademark number',
  'Permit Number',
  'Military Registration Number',
  'Russian State Individual Business Registration Number Pattern (OGRNIP)',
  'Global Intermediary Identification Number',
  'SWIFT/BIC',
  'D-U-N-S Number',
  'BIK (RU)',
  'MICEX Code',
  'UN/LOCODE',
  'ISIN',
  'Website',
  'Email Address',
  'Phone Number',
  'Equity Ticker',
  'Aircraft Tail Number',
  'Previous Aircraft Tail Number',
  "Aircraft Manufacturer's Serial Number (MSN)",
  'Aircraft Mode S Transponder Code',
  'Aircraft Construction Number (also called L/N or S/N or F/N)',
].toSorted((a, b) => b.length - a.length);
