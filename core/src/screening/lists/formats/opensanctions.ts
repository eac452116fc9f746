import { CairnError } from '../../../errors.ts';
import type { ListedAccount } from '../party.ts';
import type { CreateListParser, ListReject } from '../version.ts';
import { createJsonLineReader } from './json-lines.ts';
import {
  accountsOfWallet,
  type FtmEntity,
  type FtmLinks,
  PARTY_KINDS,
  partyOfEntity,
  readFtmEntity,
  textsOf,
} from './opensanctions-entity.ts';

/** Topics by which OpenSanctions says that an entity itself is designated; `sanction.linked` and `role.pep` do not say so. */
const DESIGNATED: readonly string[] = ['sanction', 'sanction.counter'];

/** What was left out for one reason: how many, and where the first of them stand. */
type LeftOut = { count: number; readonly lines: number[] };

type Held = {
  /** By id, in the order of the file. */
  readonly parties: Map<string, FtmEntity>;
  readonly wallets: FtmEntity[];
  /** By the id they point at. */
  readonly sanctions: Map<string, FtmEntity[]>;
  readonly documents: Map<string, FtmEntity[]>;
  /** By their own id. */
  readonly addresses: Map<string, FtmEntity>;
  readonly leftOut: Map<string, LeftOut>;
  readonly rejects: ListReject[];
};

/**
 * Reads OpenSanctions' FollowTheMoney JSON lines: entities.ftm.json, or targets.nested.json with entities nested.
 * Parties, their wallets, sanctions, documents and addresses are separate entities that point at each other in any order:
 * parties are given out at the end, and memory grows with the entities that are kept, not with the others.
 *
 * A party is an entity of a party's schema whose topics say that it is designated, or that has no topics and is not said
 * to stand beside a target. A wallet is listed where its own topics say so or where it has none: one that is only
 * attributed to a listed party (topic `crime.cyber`) is no listing. What is left out is counted in the rejects.
 * `listedOn` is the earliest start of a Sanction entity, not `first_seen`, which is when OpenSanctions first read it;
 * `amendedOn` is the day of `last_change`. The file gives no date of issue.
 * @see https://www.opensanctions.org/docs/bulk/json
 */
export const createOpenSanctionsParser: CreateListParser = (onParty) => {
  const held: Held = {
    parties: new Map(),
    wallets: [],
    sanctions: new Map(),
    documents: new Map(),
    addresses: new Map(),
    leftOut: new Map(),
    rejects: [],
  };
  const reader = createJsonLineReader({
    value: (value, line) => hold(value, line, null, held),
    bad: (reason, line) => held.rejects.push({ place: `line ${line}`, reason }),
  });
  return {
    write: reader.write,
    end() {
      reader.end();
      const accounts = accountsByHolder(held);
      let parties = 0;
      for (const entity of held.parties.values()) {
        const party = partyOfEntity(entity, linksOf(entity, [...(accounts.get(entity.id)?.values() ?? [])], held));
        if (party === null)
          held.rejects.push({ place: `line ${entity.line}`, reason: `entity ${entity.id} has no name` });
        else {
          parties += 1;
          onParty(party);
        }
      }
      const rejects = [...held.rejects, ...[...held.leftOut].map(leftOutReject)];
      if (parties === 0)
        throw new CairnError('invalid-input', 'the file holds no designated party', {
          hints: rejects.slice(0, 3).map(({ place, reason }) => `${place}: ${reason}`),
        });
      return { issuedOn: null, rejects };
    },
  };
};

/** Keeps what may belong to a listed party. `parent`: the entity that this one is nested in. */
function hold(value: unknown, line: number, parent: string | null, held: Held): void {
  const entity = readFtmEntity(value, line);
  if (typeof entity === 'string') {
    held.rejects.push({ place: `line ${line}`, reason: entity });
    return;
  }
  const pointsAt = (name: string): string[] => [...textsOf(entity, name), ...(parent === null ? [] : [parent])];
  if (entity.schema === 'CryptoWallet') holdWallet(entity, parent, held);
  else if (entity.schema === 'Sanction') for (const id of pointsAt('entity')) push(held.sanctions, id, entity);
  else if (entity.schema === 'Passport' || entity.schema === 'Identification')
    for (const id of pointsAt('holder')) push(held.documents, id, entity);
  else if (entity.schema === 'Address') held.addresses.set(entity.id, entity);
  else if (!PARTY_KINDS.has(entity.schema)) leaveOut(held, `schema ${entity.schema}, neither party nor wallet`, line);
  else if (parent !== null) leaveOut(held, `schema ${entity.schema} nested in a target, not itself one`, line);
  else holdParty(entity, held);
  for (const each of entity.nested) hold(each, line, entity.id, held);
}

function holdParty(entity: FtmEntity, held: Held): void {
  const why = whyNotDesignated(entity);
  if (why !== null) leaveOut(held, why, entity.line);
  else if (held.parties.has(entity.id))
    held.rejects.push({ place: `line ${entity.line}`, reason: `id ${entity.id} again` });
  else held.parties.set(entity.id, entity);
}

function holdWallet(wallet: FtmEntity, parent: string | null, held: Held): void {
  const why = whyNotDesignated(wallet);
  if (textsOf(wallet, 'publicKey').length === 0)
    held.rejects.push({ place: `line ${wallet.line}`, reason: `wallet ${wallet.id} has no publicKey` });
  else if (why !== null) leaveOut(held, `wallet, ${why}`, wallet.line);
  else if (parent === null) held.wallets.push(wallet);
  else held.wallets.push({ ...wallet, properties: new Map([...wallet.properties, ['holder', [parent]]]) });
}

/** null: it is designated, or nothing speaks against it. */
function whyNotDesignated(entity: FtmEntity): string | null {
  const topics = textsOf(entity, 'topics');
  if (topics.some((topic) => DESIGNATED.includes(topic))) return null;
  if (topics.length > 0) return `topics ${topics.toSorted().join(', ')}, not said to be designated itself`;
  // A wallet beside its holder is no target of its own.
  return entity.isTarget === false && entity.schema !== 'CryptoWallet' ? 'no topics and no target' : null;
}

/** Accounts by the id of the listed holder, each once; a wallet that has none becomes a party of its own. */
function accountsByHolder(held: Held): Map<string, Map<string, ListedAccount>> {
  const accounts = new Map<string, Map<string, ListedAccount>>();
  for (const wallet of held.wallets) {
    const holders = textsOf(wallet, 'holder').filter((id) => held.parties.has(id));
    const isOnItsOwn = holders.length === 0;
    if (isOnItsOwn && textsOf(wallet, 'topics').length === 0 && wallet.isTarget !== true) {
      leaveOut(held, 'wallet, no topics and no listed holder', wallet.line);
      continue;
    }
    if (isOnItsOwn) held.parties.set(wallet.id, named(wallet));
    for (const id of isOnItsOwn ? [wallet.id] : holders) {
      const listed = accounts.get(id) ?? new Map<string, ListedAccount>();
      for (const account of accountsOfWallet(wallet))
        listed.set(JSON.stringify([account.code, account.address]), account);
      accounts.set(id, listed);
    }
  }
  return accounts;
}

/** A wallet by itself goes by its name, or else by its key. */
function named(wallet: FtmEntity): FtmEntity {
  const [key] = textsOf(wallet, 'publicKey');
  return { ...wallet, caption: wallet.caption ?? key ?? null };
}

function linksOf(entity: FtmEntity, accounts: readonly ListedAccount[], held: Held): FtmLinks {
  return {
    accounts,
    sanctions: held.sanctions.get(entity.id) ?? [],
    documents: held.documents.get(entity.id) ?? [],
    addresses: textsOf(entity, 'addressEntity').flatMap((id) => held.addresses.get(id) ?? []),
  };
}

function push(map: Map<string, FtmEntity[]>, id: string, entity: FtmEntity): void {
  const list = map.get(id);
  if (list === undefined) map.set(id, [entity]);
  else list.push(entity);
}

function leaveOut(held: Held, why: string, line: number): void {
  const entry = held.leftOut.get(why) ?? { count: 0, lines: [] };
  entry.count += 1;
  if (entry.lines.length < 3 && entry.lines.at(-1) !== line) entry.lines.push(line);
  held.leftOut.set(why, entry);
}

function leftOutReject([why, { count, lines }]: [string, LeftOut]): ListReject {
  const place = `line${lines.length === 1 ? '' : 's'} ${lines.join(', ')}${count > lines.length ? ' and on' : ''}`;
  return { place, reason: `left out (${count}): ${why}` };
}
