import type { Chain } from '../../units/index.ts';
import type { BlockRef } from '../account-source.ts';
import type { Coverage } from '../coverage.ts';
import type { EvidenceReader } from '../evidence.ts';
import type { LedgerReader } from '../ports.ts';
import type { Transfer } from '../transfer.ts';

/**
 * A ledger as it stood when its chains ended at certain blocks: what lies above them is not there yet. Chains without a pin are shown
 * whole.
 * @param pins - read with every question, so that the ledger can be moved on.
 */
export function createPinnedReader(
  ledger: LedgerReader & EvidenceReader,
  pins: () => ReadonlyMap<Chain, Pick<BlockRef, 'number' | 'time'>>,
): LedgerReader & EvidenceReader {
  const isThere = ({
    chain,
    blockNumber,
  }: Pick<Transfer, 'chain'> & { readonly blockNumber: number | null }): boolean =>
    (blockNumber ?? 0) <= (pins().get(chain)?.number ?? Number.POSITIVE_INFINITY);
  return {
    histories: (query, visit) =>
      ledger.histories(query, (owner, transfer) => {
        // The first so many of a history are still its first.
        if (isThere(transfer)) visit(owner, transfer);
      }),
    transactions: async (hashes) => (await ledger.transactions(hashes)).filter(isThere),
    coverage: async (accounts) =>
      (await ledger.coverage(accounts)).flatMap((declared) => cutAt(declared, pins()) ?? []),
    evidence: async (hashes) => (await ledger.evidence(hashes)).filter(isThere),
    postponed: () => ledger.postponed?.() ?? false,
    expect: async (accounts) => ledger.expect?.(accounts),
    evidenceByKey: async (keys) => (await ledger.evidenceByKey(keys)).filter(({ evidence }) => isThere(evidence)),
  };
}

/** What a declaration says of the blocks up to the pin; null: nothing. */
function cutAt(declared: Coverage, pins: ReadonlyMap<Chain, Pick<BlockRef, 'number' | 'time'>>): Coverage | null {
  const pin = pins.get(declared.chain);
  if (pin === undefined || declared.toBlock === null || declared.toBlock <= pin.number) return declared;
  return (declared.fromBlock ?? 0) > pin.number ? null : { ...declared, toBlock: pin.number, toAt: pin.time };
}
