import { formatProblem, provenCrossings, type RecordsAnswer } from '../../tracing/bundle/index.ts';
import type { ReportContext } from '../context.ts';
import type { Block, Section } from '../model.ts';
import { code, count, heading, list, paragraph, span, spans, strong } from '../text.ts';

/** Problems listed an answer. */
const MOST = 20;

const SIGNATURES = {
  none: 'The bundle carries no signature. Nobody vouches for it as it is.',
  valid:
    'A signature over the bundle was checked against a key that was given, and is valid. It says that the key’s holder vouches for the file, not that its content is true.',
  invalid: 'The bundle carries a signature that does not hold.',
  'unknown-key': 'The bundle carries a signature, and no key was given to check it with.',
} as const;

/** Annex: the three answers of verification, and the signature. */
export function verificationAnnex(context: ReportContext): Section {
  const { verification, result } = context;
  const { arithmetic, authenticity, completeness, signature, engine } = verification;
  const blocks: Block[] = [
    paragraph('Three questions, answered apart. None of them stands for another.'),
    heading('1. Arithmetic: does everything recompute from the transfers in the bundle?'),
    paragraph(
      strong(arithmetic.ok ? 'Yes. ' : 'No. '),
      arithmetic.ok
        ? `Every figure was recomputed from the transfers, and every part has the hash it should have. ${provenText(context)}That says nothing about whether those transfers are true or all.`
        : `${count(arithmetic.problems.length, 'problem')}:`,
    ),
    ...problems(arithmetic.problems.map(formatProblem)),
    heading('2. Authenticity: does each cited transfer exist on the chain as stated?'),
    paragraph(
      strong(`${authenticityWord(authenticity.status)} `),
      `${authenticity.cited} transfers cited, ${authenticity.checked} checked, ${authenticity.agreeing} as stated, ${authenticity.differing} not as stated, ${authenticity.notCheckable} that ${authenticity.who.length === 0 ? 'nobody' : authenticity.who.join(' and ')} could tell about${authenticity.otherChains === 0 ? '' : `, ${authenticity.otherChains} of chains of which nobody was asked`}.${recordsText(authenticity.records)}`,
    ),
    ...problems([...authenticity.notes, ...authenticity.problems.map(formatProblem)]),
    heading('3. Completeness: was anything left out of the record of the accounts followed?'),
    paragraph(strong(`${completenessWord(completeness.status)} `), completenessDetail(completeness.findings)),
    ...problems(
      completeness.status === 'incomplete'
        ? completeness.findings
            .filter(({ status }) => status === 'incomplete')
            .flatMap(({ account, reasons }) => reasons.map((reason) => `${account}: ${reason}`))
        : [],
    ),
    heading('Signature'),
    paragraph(SIGNATURES[signature.status]),
    ...problems([
      ...signature.signatures.map(({ name, keyId, status }) => `${name} (key ${keyId}): ${status.replace('-', ' ')}`),
      ...signature.problems.map(formatProblem),
    ]),
    heading('What was verified'),
    list([
      spans('Digest of the trace: ', code(result.digest)),
      spans(
        'Engine that made it: ',
        code(engine.stated ?? 'not stated'),
        '; engine that recomputed it: ',
        code(engine.verifying),
      ),
    ]),
  ];
  return { id: 'annex-verification', title: 'Annex: verification', landscape: false, blocks };
}

function provenText({ bundle, verification }: ReportContext): string {
  const { exact, again } = provenCrossings(bundle, verification.arithmetic.problems);
  return exact === 0 ? '' : `Of ${count(exact, 'exact crossing')}, ${again} follow from the records in the bundle. `;
}

function recordsText({ cited, checked, differing }: RecordsAnswer): string {
  return cited === 0
    ? ''
    : ` Of ${count(cited, 'record')} of crossings, ${checked} checked, ${checked - differing} as stated; inner calls are not compared.`;
}

export function authenticityWord(status: ReportContext['verification']['authenticity']['status']): string {
  return { 'not-checked': 'Not checked.', agrees: 'Yes.', 'partly-checked': 'As far as checked, yes.', differs: 'No.' }[
    status
  ];
}

export function completenessWord(status: ReportContext['verification']['completeness']['status']): string {
  return {
    agrees: 'Balances and counts agree.',
    declared: 'Declared, not checked.',
    incomplete: 'Incomplete.',
    'not-proven': 'Not proven.',
  }[status];
}

function completenessDetail(findings: ReportContext['verification']['completeness']['findings']): string {
  const number = (wanted: string): number => findings.filter(({ status }) => status === wanted).length;
  const by = (wanted: string): boolean => findings.some((one) => one.by === wanted);
  const declared =
    number('declared') === 0
      ? ''
      : `, ${number('declared')} are outputs that nothing spends in a record declared to have the whole chain, which was not checked`;
  return [
    `Of ${findings.length} accounts and assets in question, ${number('agrees')} agree with who was asked, ${number('incomplete')} are incomplete, ${number('not-proven')} could not be proven${declared}.`,
    ...(by('balances') ? ['What cancels out is not seen by balances.'] : []),
    ...(by('lists') ? ['Where a source’s lists were asked for anew, what it leaves out is not seen.'] : []),
  ].join(' ');
}

function problems(texts: readonly string[]): Block[] {
  if (texts.length === 0) return [];
  const more = texts.length > MOST ? [`and ${texts.length - MOST} more`] : [];
  return [list([...texts.slice(0, MOST), ...more].map((text) => [span(text)]))];
}
