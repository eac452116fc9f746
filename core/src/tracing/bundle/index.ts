export type { AuthenticityAnswer } from './authenticity.ts';
export type { RecordsAnswer } from './check-records.ts';
export type { CompletenessAnswer, CompletenessFinding } from './completeness.ts';
export {
  type AssetInfo,
  type Bundle,
  type BundleContent,
  type CaseInfo,
  formatProblem,
  type Manifest,
  type Problem,
  type PublishedFigure,
} from './model.ts';
export { generateKey, type NoteKeys, type NoteSignature, signNote, verifyNote } from './note.ts';
export { type Proof, proveCoverage } from './prove-coverage.ts';
export { type ProvenCrossings, provenCrossings } from './proven.ts';
export { readBundle } from './read.ts';
export {
  type ArithmeticAnswer,
  type SignatureAnswer,
  type Verification,
  type VerifyOptions,
  verifyBundle,
} from './verify.ts';
export { writeBundle } from './write.ts';
