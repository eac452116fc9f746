import type { TransactionEvidence } from '../../ledger/index.ts';
import { compareText } from '../../units/index.ts';
import { across } from './across.ts';
import { avalancheBridge } from './avalanche-bridge.ts';
import { cbridge } from './cbridge.ts';
import { cctp } from './cctp.ts';
import { chainflip } from './chainflip.ts';
import { debridge } from './debridge.ts';
import { harmony } from './harmony.ts';
import { layerzero } from './layerzero.ts';
import { type Leg, legKey, type Protocol } from './leg.ts';
import { lido } from './lido.ts';
import { maya } from './maya.ts';
import { multichain } from './multichain.ts';
import { ren } from './ren.ts';
import { ronin } from './ronin.ts';
import { stargate } from './stargate.ts';
import { symbiosis } from './symbiosis.ts';
import { synapse } from './synapse.ts';
import { thorchain } from './thorchain.ts';
import { tornado } from './tornado.ts';
import { wormhole } from './wormhole.ts';

/** Every bridge, swap network and mixer whose records are read, by id. */
export const PROTOCOLS: readonly Protocol[] = [
  across,
  avalancheBridge,
  cbridge,
  cctp,
  chainflip,
  debridge,
  harmony,
  layerzero,
  lido,
  maya,
  multichain,
  ren,
  ronin,
  stargate,
  symbiosis,
  synapse,
  thorchain,
  tornado,
  wormhole,
];

/** The legs one transaction's record shows, of all protocols, in the order of `PROTOCOLS`. */
export function decodeLegs(evidence: TransactionEvidence): Leg[] {
  return PROTOCOLS.flatMap(({ decode }) => decode(evidence));
}

/** The words under which a ledger keeps a transaction's record, so that the other sides of its legs find it. Sorted. */
export function keysOf(evidence: TransactionEvidence): string[] {
  const keys = decodeLegs(evidence).flatMap((leg) => legKey(leg) ?? []);
  return [...new Set(keys)].sort(compareText);
}
