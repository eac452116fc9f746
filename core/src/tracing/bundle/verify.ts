import { isCairnError } from '../../errors.ts';
import type { ChainReader, Coverage, LedgerReader, RecordSource, Transfer } from '../../ledger/index.ts';
import { ENGINE } from '../engine-version.ts';
import { toJson } from '../json.ts';
import type { TraceOptions, TraceRequest } from '../request.ts';
import type { TraceResult } from '../result.ts';
import { type AuthenticityAnswer, checkAuthenticity } from './authenticity.ts';
import { type CompletenessAnswer, checkCompleteness } from './completeness.ts';
import { differences } from './difference.ts';
import type { Bundle, BundleContent, Manifest, Problem } from './model.ts';
import { type NoteSignature, parsePublicKey, verifyNote } from './note.ts';
import { type OpenedFile, openFile, problem } from './open.ts';
import { proofProblems } from './proofs.ts';
import { readContent } from './read.ts';
import { noteText } from './write.ts';

/** Does everything recompute from the transfers in the bundle? Says nothing about whether those transfers are true or all. */
export type ArithmeticAnswer = {
  readonly ok: boolean;
  readonly problems: readonly Problem[];
  /** Digest of the trace as recomputed; null: it could not be. */
  readonly digest: string | null;
};

/** Who vouches for the file as it is? `unknown-key`: signed, and no key was given to check it with. */
export type SignatureAnswer = {
  readonly status: 'none' | 'valid' | 'invalid' | 'unknown-key';
  readonly signatures: readonly NoteSignature[];
  readonly problems: readonly Problem[];
};

/** Three answers, never one, and the signature beside them. */
export type Verification = {
  /** What was verified, as far as it could be read; null: it could not. */
  readonly bundle: Bundle | null;
  /** The engine the bundle names, and the one that recomputed it. */
  readonly engine: { readonly stated: string | null; readonly verifying: string };
  readonly arithmetic: ArithmeticAnswer;
  readonly authenticity: AuthenticityAnswer;
  readonly completeness: CompletenessAnswer;
  readonly signature: SignatureAnswer;
};

export type VerifyOptions = {
  /** The engine. */
  readonly trace: (reader: LedgerReader, request: TraceRequest, options?: TraceOptions) => Promise<TraceResult>;
  /** A ledger that holds these transfers and declarations and nothing else. @throws contradiction where they cannot all be true. */
  readonly ledger: (
    transfers: readonly Transfer[],
    coverage: readonly Coverage[],
  ) => LedgerReader | Promise<LedgerReader>;
  /** A node to ask; without one authenticity is not checked and completeness not proven. */
  readonly chain?: ChainReader;
  /** Sources to ask about the chains that the node does not have: what they list is held against the record. */
  readonly sources?: readonly RecordSource[];
  /** `name+id+base64` each. */
  readonly publicKeys?: readonly string[];
  readonly onProgress?: (progress: { readonly step: string; readonly done: number; readonly of: number }) => void;
  readonly signal?: AbortSignal;
};

/**
 * Does a bundle hold up? Recomputes everything from the transfers in it and, where a node is given, checks these against it.
 * @throws invalid-input if the file is no zip, or a public key is not one; unavailable if the node fails.
 */
export async function verifyBundle(file: Uint8Array, options: VerifyOptions): Promise<Verification> {
  const opened = openFile(file);
  const signature = checkSignature(opened, options.publicKeys ?? []);
  const { content, problems } = readContent(opened);
  const recomputed = content === null ? null : await recompute(content, opened.manifest, options);
  const proofs = content === null ? [] : proofProblems(content);
  const found = [...opened.problems, ...problems, ...(recomputed?.problems ?? []), ...proofs];
  const bundle =
    content === null || opened.manifest === null
      ? null
      : { ...content, manifest: opened.manifest, signature: opened.signature };
  return {
    bundle,
    engine: { stated: opened.manifest?.engine ?? null, verifying: ENGINE },
    arithmetic: { ok: found.length === 0 && recomputed !== null, problems: found, digest: recomputed?.digest ?? null },
    authenticity: await checkAuthenticity(content?.result.consumed ?? [], content?.evidence ?? [], options),
    completeness: await checkCompleteness(content?.result ?? null, options),
    signature,
  };
}

async function recompute(
  { result }: BundleContent,
  manifest: Manifest | null,
  options: VerifyOptions,
): Promise<{ problems: Problem[]; digest: string | null }> {
  const labels = new Map(result.labels.map(({ account, ...stop }) => [account, stop]));
  let recomputed: TraceResult;
  try {
    const ledger = await options.ledger(result.consumed, result.coverage);
    recomputed = await options.trace(ledger, result.parameters, {
      stopAt: (account) => labels.get(account) ?? null,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } catch (error) {
    if (!isCairnError(error) || error.code === 'defect' || error.code === 'interrupted') throw error;
    return {
      problems: [problem('transfers.csv', null, `the trace cannot be recomputed: ${error.message}`)],
      digest: null,
    };
  }
  const problems = [
    ...rowDifferences(result.consumed, recomputed.consumed),
    ...differences(toJson(result), toJson(recomputed)),
  ];
  if (manifest !== null && recomputed.digest !== manifest.digest) {
    problems.push({
      part: 'manifest.json',
      place: 'digest',
      message:
        problems.length > 0
          ? 'the digest is not that of the trace recomputed'
          : 'the results recompute, but the digest is that of other parameters, transfers, coverage, labels or crossings',
      stated: manifest.digest,
      found: recomputed.digest,
    });
  }
  return { problems, digest: recomputed.digest };
}

/** Rows of `transfers.csv` that the trace does not use. (A row it would use and lacks cannot be known here.) */
function rowDifferences(stated: readonly Transfer[], used: readonly Transfer[]): Problem[] {
  const names = new Set(used.map(({ chain, tx, position }) => `${chain} ${tx}:${position}`));
  return stated.flatMap(({ chain, tx, position }, index) =>
    names.has(`${chain} ${tx}:${position}`)
      ? []
      : [problem('transfers.csv', `line ${index + 2} (${tx}:${position})`, 'is no transfer that this trace consumes')],
  );
}

function checkSignature(opened: OpenedFile, publicKeys: readonly string[]): SignatureAnswer {
  // A key that is not one is the caller's mistake, whatever the file is like.
  publicKeys.forEach(parsePublicKey);
  if (opened.signature === null) return { status: 'none', signatures: [], problems: [] };
  const invalid = (message: string): SignatureAnswer => ({
    status: 'invalid',
    signatures: [],
    problems: [problem('signature.txt', null, message)],
  });
  let note: ReturnType<typeof verifyNote>;
  try {
    note = verifyNote(opened.signature, publicKeys);
  } catch (error) {
    if (!isCairnError(error)) throw error;
    return invalid(error.message);
  }
  const { manifestBytes, manifest } = opened;
  if (manifestBytes === null || manifest === null) return invalid('there is no manifest that it could vouch for');
  if (note.text !== noteText(manifestBytes, manifest.digest)) return invalid('it vouches for another manifest');
  const statuses = note.signatures.map(({ status }) => status);
  const wrong = note.signatures.filter(({ status }) => status === 'invalid');
  return {
    status: statuses.includes('invalid') ? 'invalid' : statuses.includes('valid') ? 'valid' : 'unknown-key',
    signatures: note.signatures,
    problems: wrong.map(({ name, keyId }) =>
      problem('signature.txt', `${name} ${keyId}`, 'the signature is not one by this key over this manifest'),
    ),
  };
}
