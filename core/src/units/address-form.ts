import { sha256 } from '@noble/hashes/sha2.js';
import { base58, base58xrp, bech32, bech32m } from '@scure/base';
import { isCairnError } from '../errors.ts';
import { type Account, BITCOIN, type Chain, canonicalAccount, ETHEREUM, isEvmChain, TRON } from './account.ts';

/** Where an address of this form can exist, read off the form alone. */
export type AddressForm = {
  /** Canonical case: EVM and Bech32 lower, others as is. Comparisons use it. */
  readonly canonical: string;
  /** `eip155:*` (every EVM chain), CAIP-2 ids, or a name in words where Cairn follows no such chain. Empty: the form is not known. */
  readonly chains: readonly string[];
  /** The account in Cairn's ledgers; null: Cairn follows no chain of that form. */
  readonly account: Account | null;
  /** What is odd about it: a checksum that fails. */
  readonly notes: readonly string[];
};

/** Every chain of Ethereum's kind: one key controls the same address on all of them; a contract only where it was deployed. */
export const ANY_EVM = 'eip155:*';

/** OFAC publishes addresses of up to 256 characters (FAQ 563). */
const MAX_CHARACTERS = 256;
/** CAIP-2 and short names in front of an address. */
const CHAIN_PREFIX = /^([a-z0-9-]+(?::[a-z0-9]+)?):(?=[^:]+$)/i;
const SHORT_CHAINS: ReadonlyMap<string, Chain> = new Map([
  ['eth', ETHEREUM],
  ['ethereum', ETHEREUM],
  ['btc', BITCOIN],
  ['bitcoin', BITCOIN],
  ['tron', TRON],
  ['trx', TRON],
]);
/** A prefix that names a chain beyond doubt, also one that Cairn does not follow. */
const CAIP_CHAIN = /^(?:eip155|bip122|tron|solana):/i;

/** What stands in names of nobody: most of an address, with text around it or broken in copying. */
const PART_OF_ADDRESS = /0x[0-9a-f]{8,}|\b(?:bc|ltc|bnb|tb)1[02-9ac-hj-np-z]{6,}|(?=[a-z]{0,40}\d)[a-z0-9]{25,}/i;
/** A wallet's name in a naming service: the address behind it is what can be screened. */
const NAMING_SERVICE = /^[^\s]+\.(?:eth|sol|bnb|crypto)$/i;

/** Base58Check version bytes and the chains that use them (each project's chain parameters). */
const BASE58_VERSIONS: Readonly<Record<number, readonly string[]>> = {
  0: [BITCOIN, 'Bitcoin Cash', 'Bitcoin SV'],
  5: [BITCOIN, 'Bitcoin Cash', 'Bitcoin SV', 'Litecoin'],
  23: ['Bitcoin Gold'],
  30: ['Dogecoin', 'Verge'],
  38: ['Bitcoin Gold'],
  48: ['Litecoin'],
  50: ['Litecoin'],
  65: [TRON],
  76: ['Dash'],
};
const BECH32_PREFIXES: Readonly<Record<string, string>> = {
  bc: BITCOIN,
  ltc: 'Litecoin',
  bnb: 'BNB Beacon Chain',
  btg: 'Bitcoin Gold',
};

/**
 * Where can an address like this exist? Read off its form alone: that it does exist, or that anyone used it, is not said.
 * @param text - an address, with or without a chain in front (`eip155:1:0x…`, `eth:0x…`, `bitcoincash:q…`); any letter case.
 * @returns `chains` empty where no form known here fits; `notes` says what is odd. Never throws.
 */
export function readAddress(text: string): AddressForm {
  const { trimmed, notes: evened } = evenedOut(text);
  if (trimmed.length > MAX_CHARACTERS) return unknownForm(trimmed.slice(0, MAX_CHARACTERS), 'too long for an address');
  const form = readEven(trimmed);
  return evened.length === 0 ? form : { ...form, notes: [...evened, ...form.notes] };
}

/** Invisible characters and wide forms of letters come along in copying. */
function evenedOut(text: string): { readonly trimmed: string; readonly notes: readonly string[] } {
  const trimmed = text.trim();
  if (trimmed.length > MAX_CHARACTERS || /^[\x20-\x7e]*$/.test(trimmed)) return { trimmed, notes: [] };
  const even = trimmed
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .trim();
  return even === trimmed
    ? { trimmed, notes: [] }
    : { trimmed: even, notes: ['compared without invisible characters, and with wide letters as plain ones'] };
}

function readEven(trimmed: string): AddressForm {
  const prefix = CHAIN_PREFIX.exec(trimmed)?.[1];
  const bare = prefix === undefined ? trimmed : trimmed.slice(prefix.length + 1);
  const form = formOf(bare);
  if (prefix === undefined || prefix.toLowerCase() === 'bitcoincash' || form.chains.length === 0) return form;
  const chain = SHORT_CHAINS.get(prefix.toLowerCase()) ?? prefix.toLowerCase();
  if (!SHORT_CHAINS.has(prefix.toLowerCase()) && !CAIP_CHAIN.test(`${prefix}:`)) {
    return { ...form, notes: [...form.notes, `${prefix} is the name of no chain known here; compared without it`] };
  }
  const fits = form.chains.includes(chain) || (form.chains.includes(ANY_EVM) && isEvmChain(chain));
  if (!fits) return { ...form, notes: [...form.notes, `no address of this form exists on ${prefix}`] };
  return isEvmChain(chain) ? { ...form, account: `${chain}:${form.canonical}` as Account } : form;
}

/**
 * Is the text meant as an address, well-formed or not, alone or with text around it? Names of people and firms are not.
 * Where it is, it must not be compared as a name: no list has a name like it, and it would be passed.
 */
export function looksLikeAddress(text: string): boolean {
  // A name that is longer is not compared at all.
  const { trimmed } = evenedOut(text.slice(0, 4 * MAX_CHARACTERS));
  const prefix = CHAIN_PREFIX.exec(trimmed)?.[1]?.toLowerCase();
  return (
    /^0x[0-9a-f]*$/i.test(trimmed) ||
    (prefix !== undefined && (SHORT_CHAINS.has(prefix) || CAIP_CHAIN.test(`${prefix}:`))) ||
    PART_OF_ADDRESS.test(trimmed) ||
    NAMING_SERVICE.test(trimmed) ||
    readAddress(trimmed).chains.length > 0 ||
    // Copied with a space or a line break in it: no name has an address's letters and digits.
    (/\s/.test(trimmed) && /\d/.test(trimmed) && readAddress(trimmed.replace(/\s/g, '')).chains.length > 0)
  );
}

function formOf(text: string): AddressForm {
  if (/^0x/i.test(text) || /^[0-9a-f]{40}$/i.test(text)) return evmForm(text);
  const dot = text.indexOf('1');
  if (dot > 0 && Object.hasOwn(BECH32_PREFIXES, text.slice(0, dot).toLowerCase())) return bech32Form(text);
  if (/^[qp][02-9ac-hj-np-z]{41}$/i.test(text)) return known(text.toLowerCase(), ['Bitcoin Cash']);
  if (/^[48][1-9A-HJ-NP-Za-km-z]{94}([1-9A-HJ-NP-Za-km-z]{11})?$/.test(text)) return known(text, ['Monero']);
  if (/^r[1-9A-HJ-NP-Za-km-z]{24,34}$/.test(text)) return ripple(text);
  if (NAMING_SERVICE.test(text)) {
    return unknownForm(text, 'a name in a naming service: screen the address it stands for');
  }
  if (/[^A-Za-z0-9]/.test(text) && looksCopied(text)) {
    return unknownForm(text, 'an address, it seems, with something in or around it: screen the address alone');
  }
  return base58Form(text);
}

/** Is an address in it, or would it be one but for spaces? */
function looksCopied(text: string): boolean {
  return PART_OF_ADDRESS.test(text) || (/\s/.test(text) && PART_OF_ADDRESS.test(text.replace(/\s/g, '')));
}

function evmForm(text: string): AddressForm {
  const digits = text.replace(/^0x/i, '');
  if (/[^0-9a-z]/i.test(digits) && looksCopied(text)) {
    return unknownForm(text, 'an address, it seems, with something in or around it: screen the address alone');
  }
  if (!/^[0-9a-f]*$/i.test(digits))
    return unknownForm(text, 'begins as an Ethereum-like address but is not hexadecimal');
  if (digits.length !== 40) {
    return unknownForm(text.toLowerCase(), `an Ethereum-like address has 40 hex digits; this has ${digits.length}`);
  }
  const canonical = `0x${digits.toLowerCase()}`;
  const notes = checksumNotes(digits, text);
  return { canonical, chains: [ANY_EVM], account: `${ETHEREUM}:${canonical}`, notes };
}

function checksumNotes(digits: string, text: string): string[] {
  const notes = /^0x/.test(text) ? [] : ['compared as 0x and its 40 hex digits in lower case'];
  try {
    canonicalAccount(ETHEREUM, `0x${digits}`);
  } catch (error) {
    if (!isCairnError(error)) throw error;
    notes.push(
      'the letter case does not verify as a checksum (EIP-55): the case was changed, or a digit was in copying; compared without regard to case',
    );
  }
  return notes;
}

function bech32Form(text: string): AddressForm {
  const lower = text.toLowerCase();
  const chain = BECH32_PREFIXES[lower.slice(0, lower.indexOf('1'))] as string;
  if (
    bech32.decodeUnsafe(lower, MAX_CHARACTERS) === undefined &&
    bech32m.decodeUnsafe(lower, MAX_CHARACTERS) === undefined
  ) {
    return unknownForm(
      lower,
      `begins as an address of ${nameOf(chain)} but its checksum fails: it was changed or cut in copying`,
    );
  }
  const notes =
    text !== lower && text !== text.toUpperCase()
      ? ['mixed letter case, which the standard forbids; compared in lower case']
      : [];
  return { ...known(lower, [chain]), notes };
}

function ripple(text: string): AddressForm {
  const bytes = decoded(() => base58xrp.decode(text));
  const ok = bytes !== null && bytes.length === 25 && checksumHolds(bytes);
  return ok ? known(text, ['XRP Ledger']) : unknownForm(text, 'begins as an XRP Ledger address but its checksum fails');
}

function base58Form(text: string): AddressForm {
  const bytes = /^[1-9A-HJ-NP-Za-km-z]{25,44}$/.test(text) ? decoded(() => base58.decode(text)) : null;
  if (bytes === null) return unknownForm(text, 'the form of no address known here');
  if (bytes.length === 25 && checksumHolds(bytes)) {
    const chains = BASE58_VERSIONS[bytes[0] as number];
    return chains === undefined
      ? unknownForm(text, `Base58Check with version ${bytes[0]}, which no chain known here uses`)
      : known(text, chains);
  }
  if (bytes.length === 26 && checksumHolds(bytes) && bytes[0] === 0x1c) return known(text, ['Zcash']);
  if (bytes.length === 25)
    return unknownForm(text, 'the checksum fails (Base58Check): it was changed or cut in copying');
  if (bytes.length === 32) return known(text, ['Solana']);
  return unknownForm(text, 'the form of no address known here');
}

/** Base58Check: the last four bytes are the first of the double SHA-256 of the rest. */
function checksumHolds(bytes: Uint8Array): boolean {
  const body = bytes.subarray(0, -4);
  const sum = sha256(sha256(body));
  return bytes.subarray(-4).every((byte, i) => byte === sum[i]);
}

function decoded(decode: () => Uint8Array): Uint8Array | null {
  try {
    return decode();
  } catch {
    return null;
  }
}

function known(canonical: string, chains: readonly string[]): AddressForm {
  const followed = chains.find((chain) => chain === BITCOIN || chain === TRON);
  return {
    canonical,
    chains,
    account: followed === undefined ? null : (`${followed}:${canonical}` as Account),
    notes: [],
  };
}

function unknownForm(canonical: string, note: string): AddressForm {
  return { canonical, chains: [], account: null, notes: [note] };
}

/** A chain in words. */
export function nameOf(chain: string): string {
  const names: Readonly<Record<string, string>> = {
    [ANY_EVM]: 'Ethereum and every chain of its kind',
    [BITCOIN]: 'Bitcoin',
    [TRON]: 'Tron',
  };
  return names[chain] ?? chain;
}
