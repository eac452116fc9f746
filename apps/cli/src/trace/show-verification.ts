import { formatProblem, provenCrossings, type Verification } from '@cairn/core/tracing/bundle';
import { formatAccount } from '@cairn/core/units';
import type { ExitCode } from '../terminal/exit-codes.ts';
import { shortAccount } from '../terminal/table.ts';

const SHOWN = 12;

/** Three answers, never one, and the signature beside them. */
export function showVerification(verification: Verification): string {
  const { arithmetic, authenticity, completeness, signature, engine } = verification;
  const sections = [
    arithmetic.ok
      ? `Arithmetic    recomputes: every figure follows from the transfers in the bundle (digest ${arithmetic.digest})`
      : `Arithmetic    DOES NOT RECOMPUTE\n${list(arithmetic.problems.map(formatProblem))}`,
    ...showCrossings(verification),
    showAuthenticity(authenticity),
    showCompleteness(completeness),
    `Signature     ${signatureText(signature.status)}${signature.problems.length > 0 ? `\n${list(signature.problems.map(formatProblem))}` : ''}`,
  ];
  if (engine.stated !== null && engine.stated !== engine.verifying) {
    sections.push(`Engine        written by ${engine.stated}, recomputed by ${engine.verifying}`);
  }
  return `${sections.join('\n')}\n`;
}

/** Empty where the trace has none. */
function showCrossings({ bundle, arithmetic }: Verification): string[] {
  if (bundle === null || bundle.result.crossings.length === 0) return [];
  const { exact, again, declared, inferred, records, identified } = provenCrossings(bundle, arithmetic.problems);
  const counts = [
    ...(exact === 0 ? [] : [`${again} of ${exact} exact ones follow from the ${records} records in the bundle`]),
    ...(declared === 0 ? [] : [`${declared} declared: taken as given`]),
    ...(inferred === 0 ? [] : [`${inferred} inferred: taken as given`]),
  ];
  const given = records - identified;
  return [
    `Crossings     ${counts.join('; ')}`,
    ...(records === 0
      ? []
      : [
          `Records       ${identified} of ${records} ${identified === 1 ? 'has the id' : 'have ids'} that what they say gives; ` +
            `${given === 0 ? 'none' : given} cannot be checked offline (receipts, or scripts left out) and ${given === 1 ? 'is' : 'are'} taken as given`,
        ]),
  ];
}

function showAuthenticity(answer: Verification['authenticity']): string {
  const { records } = answer;
  const who = answer.who.join(' and ');
  const recordCounts =
    records.checked === 0
      ? ''
      : `; ${records.checked} of ${records.cited} records of crossings asked about, ${records.checked - records.differing} as stated`;
  const counts = `${answer.checked} of ${answer.cited} cited transfers asked about, ${answer.agreeing} as stated${recordCounts}`;
  const heads: Record<typeof answer.status, string> = {
    'not-checked':
      answer.who.length > 0
        ? `not checked: ${who} can tell about none of the ${answer.cited} cited transfers`
        : 'not checked: no node was asked whether the transfers exist (--rpc URL, --source NAME)',
    agrees: `agrees with ${who}: ${counts}`,
    'partly-checked': `what was checked agrees with ${who}: ${counts}, ${answer.notCheckable + answer.otherChains} cannot be told`,
    differs: `DIFFERS FROM THE CHAIN: ${counts}, ${answer.differing} not as stated`,
  };
  return [
    `Authenticity  ${heads[answer.status]}`,
    ...lines([
      ...answer.problems.map(formatProblem),
      ...(answer.otherChains + answer.checked + answer.notCheckable === 0 ? [] : answer.notes),
    ]),
  ].join('\n');
}

/** By what the findings rest on. */
const AGREES: Readonly<Record<string, string>> = {
  balances: 'balances and nonces at the node agree with the transfers of every followed account',
  lists:
    'the transfers of every followed account are those that its source lists, asked anew; what a source leaves out is not seen',
  'balances lists':
    'every followed account agrees with balances and nonces at the node, or with what its source lists, asked anew; what a source leaves out is not seen',
};

function showCompleteness(answer: Verification['completeness']): string {
  const heads: Record<typeof answer.status, string> = {
    agrees: AGREES[[...new Set(answer.findings.map(({ by }) => by))].sort().join(' ')] ?? '',
    incomplete: 'INCOMPLETE: there is value, or there are transactions, that the bundle does not show',
    declared:
      'declared: the record is said to have the whole chain, and nothing in it spends these outputs; that was not checked',
    'not-proven': 'completeness not proven: a transfer may be missing from the record',
  };
  const reasons = answer.findings
    .filter((finding) => finding.status === answer.status && finding.status !== 'agrees')
    .flatMap(({ account, asset, reasons: why }) =>
      why.map((reason) => `${shortAccount(formatAccount(account))} ${asset}: ${reason}`),
    );
  return [`Completeness  ${heads[answer.status]}`, ...(answer.status === 'incomplete' ? lines(reasons) : [])].join(
    '\n',
  );
}

function signatureText(status: Verification['signature']['status']): string {
  const texts: Record<typeof status, string> = {
    none: 'none: nobody vouches for the file',
    valid: 'valid under a key you gave',
    invalid: 'INVALID',
    'unknown-key': 'signed, by a key you did not give (--key)',
  };
  return texts[status];
}

function list(items: readonly string[]): string {
  return lines(items).join('\n');
}

function lines(items: readonly string[]): string[] {
  const more = items.length > SHOWN ? [`  … ${items.length - SHOWN} more; --json has all`] : [];
  return [...items.slice(0, SHOWN).map((item) => `  ${item}`), ...more];
}

export function verificationExit({ arithmetic, authenticity, completeness, signature }: Verification): ExitCode {
  const fails =
    !arithmetic.ok ||
    authenticity.status === 'differs' ||
    completeness.status === 'incomplete' ||
    signature.status === 'invalid';
  if (fails) return 7;
  // Who was named could not tell about any of it.
  return authenticity.who.length > 0 && authenticity.status === 'not-checked' && authenticity.cited > 0 ? 6 : 0;
}
