import { ripemd160 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { createBase58check } from '@scure/base';
import { Address, OutScript } from '@scure/btc-signer';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { earlyBlocksFile, outputScripts, REAL_HEIGHTS, realBlock } from '../../../../test/bitcoin/real-blocks.ts';
import { reasonOf } from '../../../../test/bitcoin/reason-of.ts';
import { BITCOIN, canonicalAccount } from '../../units/index.ts';
import { p2pkhAddress, p2shAddress } from './address-of-hash.ts';
import { lockOf } from './lock.ts';
import { parseBlock } from './raw/block.ts';
import { createBlockCutter } from './raw/block-file.ts';
import { type Lock, type ScriptKind, scriptAccount } from './transaction.ts';

async function blockScripts(): Promise<string[]> {
  const cut = createBlockCutter().push(await earlyBlocksFile());
  const raw = [...cut.map(({ bytes }) => bytes), ...REAL_HEIGHTS.map(realBlock)];
  return raw.flatMap((bytes) =>
    parseBlock(BITCOIN, bytes).transactions.flatMap(({ outputs }) => outputs.map(({ script }) => script)),
  );
}

const PEER_KINDS: Readonly<Record<string, ScriptKind>> = {
  pk: 'p2pk',
  pkh: 'p2pkh',
  sh: 'p2sh',
  wpkh: 'p2wpkh',
  wsh: 'p2wsh',
  tr: 'p2tr',
  ms: 'multisig',
};

/** What an independent library makes of a script; null: it knows no kind for it. */
function peerLock(script: string): Lock | null {
  try {
    const decoded = OutScript.decode(hexToBytes(script));
    const kind = PEER_KINDS[decoded.type];
    if (kind === undefined) return null;
    const known = decoded.type === 'pk' ? { type: 'pkh' as const, hash: ripemd160(sha256(decoded.pubkey)) } : decoded;
    if (kind === 'multisig') return { owner: ownAccount(script), script: kind };
    return { owner: `${BITCOIN}:${Address().encode(known)}`, script: kind };
  } catch {
    return null;
  }
}

const ownAccount = (script: string) => scriptAccount(BITCOIN, bytesToHex(sha256(hexToBytes(script))));

describe('agreement with an independent library', () => {
  test('on every script of every block', async () => {
    const scripts = await blockScripts();
    const kinds: Record<string, number> = {};
    for (const script of scripts) {
      const own = lockOf(BITCOIN, script);
      const peer = peerLock(script);
      if (peer !== null) expect(own).toEqual(peer);
      else expect(['op-return', 'nonstandard', 'p2pk']).toContain(own.script);
      kinds[own.script] = (kinds[own.script] ?? 0) + 1;
    }
    expect(Object.keys(kinds).sort()).toEqual(['multisig', 'nonstandard', 'op-return', 'p2pk', 'p2pkh', 'p2sh']);
    // All 264 outputs of the early blocks pay to a public key.
    expect(kinds['p2pk']).toBeGreaterThanOrEqual(264);
  });

  test('on scripts of recorded CoinJoins, whose collector gave their kinds too', () => {
    const found = new Set<ScriptKind>();
    for (const { script, kind } of outputScripts()) {
      const own = lockOf(BITCOIN, script);
      const peer = peerLock(script);
      if (peer === null) expect(own).toEqual({ owner: null, script: 'op-return' });
      else expect(own).toEqual(peer);
      expect(kind).toBe(STATED[own.script]);
      found.add(own.script);
    }
    expect([...found].sort()).toEqual(['op-return', 'p2pkh', 'p2sh', 'p2tr', 'p2wpkh', 'p2wsh']);
  });
});

/** The collector's names; its library did not know Taproot. */
const STATED: Readonly<Partial<Record<ScriptKind, string>>> = {
  p2pkh: 'TxPubkeyhash',
  p2sh: 'TxScripthash',
  p2wpkh: 'TxWitnessV0Keyhash',
  p2wsh: 'TxWitnessV0Scripthash',
  p2tr: 'Unknown',
  'op-return': 'TxNullData',
};

describe('kinds', () => {
  const key = '0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798';
  const program = '751e76e8199196d454941c45d1b3a323f1433bd6';

  test.each([
    // BIP-173 and BIP-350 give these addresses.
    [`0014${program}`, 'p2wpkh', 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4'],
    ['6002751e', 'witness-unknown', 'bc1sw50qgdz25j'],
    [
      `5128${program}${program}`,
      'witness-unknown',
      'bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y',
    ],
    [
      '512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798',
      'p2tr',
      'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0',
    ],
    // Pay to anchor (Bitcoin Core 28): its address is known to be this.
    ['51024e73', 'witness-unknown', 'bc1pfeessrawgf'],
    // The generator point's key, compressed.
    [`21${key}ac`, 'p2pk', '1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH'],
    [`76a914${program}88ac`, 'p2pkh', '1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH'],
  ])('%s is %s of %s', (script, kind, address) => {
    expect(lockOf(BITCOIN, script)).toEqual({ owner: `${BITCOIN}:${address}`, script: kind });
    expect(canonicalAccount(BITCOIN, address)).toBe(`${BITCOIN}:${address}`);
  });

  test.each([
    [`5121${key}51ae`, 'multisig'],
    [`5221${key}21${key}52ae`, 'multisig'],
    // Two of one can never be signed; a count that is not the number of keys is no multisig.
    [`5221${key}51ae`, 'nonstandard'],
    [`5121${key}52ae`, 'nonstandard'],
    // A key of no known form.
    [`5121${'05'.repeat(33)}51ae`, 'nonstandard'],
    ['', 'nonstandard'],
    ['51', 'nonstandard'],
    // Version 0 has programs of 20 and 32 bytes only.
    ['001e'.padEnd(64, '0'), 'nonstandard'],
    // A script cut in a push.
    ['4cff00', 'nonstandard'],
    [`21${'05'.repeat(33)}ac`, 'nonstandard'],
  ])('%s is %s, an account of its own', (script, kind) => {
    expect(lockOf(BITCOIN, script)).toEqual({ owner: ownAccount(script), script: kind });
  });

  test('nobody can spend what starts with OP_RETURN', () => {
    for (const script of ['6a', '6a0568656c6c6f', '6a4c', '6aac']) {
      expect(lockOf(BITCOIN, script)).toEqual({ owner: null, script: 'op-return' });
    }
  });

  test('bytes and hex, in either case, say the same', () => {
    const script = `76A914${program.toUpperCase()}88AC`;
    expect(lockOf(BITCOIN, script)).toEqual(lockOf(BITCOIN, hexToBytes(script)));
  });

  test('what is not hex, and other networks, are refused', () => {
    expect(reasonOf(() => lockOf(BITCOIN, '6a0'))).toBe('locking script: an odd number of hex digits, 3');
    expect(reasonOf(() => lockOf(BITCOIN, '6a0x'))).toBe("locking script: 'x' at place 3 is not a hex digit");
    expect(reasonOf(() => lockOf('bip122:0f9188f13cb7b2c71f2a335e3a4fc328', '6a'))).toMatch(/are not known$/);
  });
});

test('law: Base58Check as another library writes it, zeros in front included', () => {
  const peer = createBase58check(sha256);
  const hash = fc.oneof(
    fc.uint8Array({ minLength: 20, maxLength: 20 }),
    fc
      .nat(20)
      .chain((zeros) =>
        fc
          .uint8Array({ minLength: 20 - zeros, maxLength: 20 - zeros })
          .map((rest) => Uint8Array.of(...new Uint8Array(zeros), ...rest)),
      ),
  );
  fc.assert(
    fc.property(hash, (bytes) => {
      expect(p2pkhAddress(bytes)).toBe(peer.encode(Uint8Array.of(0, ...bytes)));
      expect(p2shAddress(bytes)).toBe(peer.encode(Uint8Array.of(5, ...bytes)));
    }),
    { numRuns: 1000 },
  );
});
