import type { EventLog, EvmEvidence } from '../../ledger/index.ts';
import type { Account } from '../../units/index.ts';
import { address, addressOf, bytesAt, contracts, count, logsOf, tokenAsset, topic, uint, word } from './abi.ts';
import { calledLegs } from './cctp-calls.ts';
import { bodyWord, destinationOf, domainOf, MESSENGER_V2, NO_KEY_V2, TRANSMITTER_V2 } from './cctp-message.ts';
import type { Leg, Protocol } from './leg.ts';

/** Version 1, by chain (`test/data/crossings/addresses.json`). */
const MESSENGERS: ReadonlySet<Account> = new Set<Account>([
  'eip155:1:0xbd3fa81b58ba92a82136038b25adec7066af3155',
  'eip155:10:0x2b4069517957735be00cee0fadae88a26365528f',
  'eip155:137:0x9daf8c91aefae50b9c0e69629d3f6ca40ca3b3fe',
  'eip155:8453:0x1682ae6375c4e4a97e4b583bc394c861a46d8962',
  'eip155:42161:0x19330d10d9cc8751218eaf51e8885d058642e08a',
  'eip155:43114:0x6b25532e1060ce10cc3b0a99e5683b91bfde6982',
]);
const TRANSMITTERS: ReadonlySet<Account> = new Set<Account>([
  'eip155:1:0x0a992d191deec32afe36203ad87d7d289a738f81',
  'eip155:10:0x4d41f22c5a0e5c74090899e5a8fb597a8842b3e8',
  'eip155:137:0xf3be9355363857f3e001be68856a2f96b4c39ba9',
  'eip155:42161:0xc30362313fbba5cf9163f0bb16a0e01f01a896ca',
  'eip155:43114:0x8186359af5f57fbb40c6b14a588d2a59c0c29880',
]);

const TOPICS = {
  burnt: '0x2fa9ca894982930190727e75500a97d8dc500233a5065e0f3126c48fbe0343c0',
  received: '0x58200b4c34ae05ee816d710053fff3fb75af4395915d3d2a771b24aa10e3cc5d',
  minted: '0x1b2a7ff080b8cb6ff436ce0372e399692bbfb6d4ae5766fd8d58a7b8cc6142e6',
  burntV2: '0x0c8c1cbdc5190613ebd485511d4e2812cfa45eecb79d845893331fedad5130a5',
  receivedV2: '0xff48c13eda96b1cceacc6b9edeedc9e9db9d6226afbc30146b720c19d3addb1c',
  mintedV2: '0x50c55e915134d457debfa58eb6f4342956f8b0616d51a89a3659360178e1ab63',
} as const;

const UNTESTED = 'Version 2 was not tested on recorded receipts.';

/** USDC is burnt on one chain and minted on another, one for one, less a fee in version 2. */
export const cctp: Protocol = {
  id: 'cctp',
  title: 'CCTP (Circle)',
  proves:
    'Version 1: every burn has a number of its own on its chain, which the message that mints repeats with the chain’s; the contract takes a message once.',
  cannotProve:
    'Version 2: the burn does not show the number its message gets, so burn and mint are candidates. Where the mint goes to a contract (a hook), who is paid behind it.',
  decode: (evidence) => {
    if (evidence.kind !== 'evm') return [];
    const { chain } = evidence;
    const v2 = contracts(chain, MESSENGER_V2);
    return [
      ...logsOf(evidence, TOPICS.burnt, MESSENGERS).flatMap((log) => burnt(evidence, log) ?? []),
      ...logsOf(evidence, TOPICS.burntV2, v2).flatMap((log) => burntV2(evidence, log) ?? []),
      ...logsOf(evidence, TOPICS.received, TRANSMITTERS).flatMap((log) => received(evidence, log) ?? []),
      ...logsOf(evidence, TOPICS.receivedV2, contracts(chain, TRANSMITTER_V2)).flatMap(
        (log) => receivedV2(evidence, log) ?? [],
      ),
      ...calledLegs(evidence),
    ];
  },
};

function burnt(evidence: EvmEvidence, log: EventLog): Leg | null {
  const domain = domainOf(evidence.chain);
  const [nonce, amount] = [uint(topic(log, 1)), uint(word(log.data, 0))];
  if (domain === null || nonce === null || amount === null) return null;
  const burn = { token: address(topic(log, 2)), depositor: addressOf(evidence.chain, topic(log, 3)), amount };
  return burnLeg(
    evidence,
    log,
    { ...burn, to: word(log.data, 1), destination: count(word(log.data, 2)) },
    `${domain}:${nonce}`,
    [],
  );
}

function burntV2(evidence: EvmEvidence, log: EventLog): Leg | null {
  const amount = uint(word(log.data, 0));
  if (amount === null) return null;
  const burn = { token: address(topic(log, 1)), depositor: addressOf(evidence.chain, topic(log, 2)), amount };
  const leg = { ...burn, to: word(log.data, 1), destination: count(word(log.data, 2)) };
  return burnLeg(evidence, log, leg, null, [NO_KEY_V2, UNTESTED]);
}

type Burn = {
  readonly token: string | null;
  readonly depositor: Account | null;
  readonly amount: bigint;
  readonly to: string | null;
  readonly destination: number | null;
};

function burnLeg(
  evidence: EvmEvidence,
  log: EventLog,
  { token, depositor, amount, to, destination }: Burn,
  key: string | null,
  notes: readonly string[],
): Leg | null {
  if (token === null || depositor === null || destination === null) return null;
  return {
    ...base(evidence, log),
    side: 'in',
    key,
    asset: tokenAsset(evidence.chain, token),
    amount,
    // The messenger takes the token from whoever called it, so it is the depositor's, whatever came into it.
    account: depositor,
    destination: destinationOf(destination, to, key === null ? null : amount),
    notes,
  };
}

function received(evidence: EvmEvidence, log: EventLog): Leg | null {
  const [nonce, domain] = [uint(topic(log, 2)), count(word(log.data, 0))];
  const body = bytesAt(log.data, 2);
  if (nonce === null || domain === null || body === null) return null;
  const [to, amount] = [addressOf(evidence.chain, bodyWord(body, 1)), uint(bodyWord(body, 2))];
  if (to === null || amount === null || evidence.logs === null) return null;
  // The message mints only if its receiver is the token messenger: that one's event, just before, says so, and which token.
  const minted = logsOf(evidence, TOPICS.minted, MESSENGERS).findLast(
    (mint) =>
      mint.logIndex < log.logIndex &&
      addressOf(evidence.chain, topic(mint, 1)) === to &&
      uint(word(mint.data, 0)) === amount,
  );
  const token = minted === undefined ? null : address(topic(minted, 2));
  if (minted === undefined || token === null) return null;
  return mintLeg(evidence, minted, { to, amount, token }, `${domain}:${nonce}`, []);
}

function receivedV2(evidence: EvmEvidence, log: EventLog): Leg | null {
  const body = bytesAt(log.data, 2);
  if (body === null) return null;
  const [to, burntAmount, fee] = [
    addressOf(evidence.chain, bodyWord(body, 1)),
    uint(bodyWord(body, 2)),
    uint(bodyWord(body, 5)),
  ];
  if (to === null || burntAmount === null || fee === null) return null;
  const amount = burntAmount - fee;
  const minted = logsOf(evidence, TOPICS.mintedV2, contracts(evidence.chain, MESSENGER_V2)).findLast(
    (mint) =>
      mint.logIndex < log.logIndex &&
      addressOf(evidence.chain, topic(mint, 1)) === to &&
      uint(word(mint.data, 0)) === amount,
  );
  const token = minted === undefined ? null : address(topic(minted, 2));
  if (minted === undefined || token === null) return null;
  return mintLeg(evidence, minted, { to, amount, token }, null, [NO_KEY_V2, UNTESTED]);
}

function mintLeg(
  evidence: EvmEvidence,
  log: EventLog,
  { to, amount, token }: { readonly to: Account; readonly amount: bigint; readonly token: string },
  key: string | null,
  notes: readonly string[],
): Leg {
  return {
    ...base(evidence, log),
    side: 'out',
    key,
    asset: tokenAsset(evidence.chain, token),
    amount,
    account: to,
    destination: null,
    notes,
  };
}

function base(evidence: EvmEvidence, log: EventLog) {
  const { chain, tx } = evidence;
  const place = { kind: 'log', logIndex: log.logIndex } as const;
  return { protocol: 'cctp', kind: 'transfer', chain, tx, place, venue: log.address } as const;
}
