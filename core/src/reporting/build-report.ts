import type { BundleContent, Verification } from '../tracing/bundle/index.ts';
import { createContext, type ReportContext } from './context.ts';
import { listFigures } from './figures.ts';
import type { ReportModel } from './model.ts';
import { timeText } from './names.ts';
import { accountsSection } from './sections/accounts.ts';
import { figuresAnnex, recordAnnex, transfersAnnex } from './sections/annexes.ts';
import { assumptionsAnnex } from './sections/assumptions.ts';
import { crossingsSection } from './sections/crossings.ts';
import { flowSection } from './sections/flow.ts';
import { lastSeenSection } from './sections/last-seen.ts';
import { methodsAnnex } from './sections/methods.ts';
import { poisonAnnex } from './sections/poison.ts';
import { sensitivitySection } from './sections/sensitivity.ts';
import { stolenSection } from './sections/stolen.ts';
import { authenticityWord, completenessWord, verificationAnnex } from './sections/verification.ts';
import { workedSection } from './sections/worked.ts';
import { code, spans, strong, visible } from './text.ts';

/**
 * The report of a bundle: what was stolen, where it was last seen, how sure that is, and how to check it.
 * Decides every word and figure; renderers only lay it out. Depends on its two arguments only.
 * @param verification - the three answers about this bundle; a caller makes no report of one whose arithmetic fails.
 * @throws {CairnError} `defect`: the worked example, computed apart from the engine, disagrees with it.
 */
export function buildReport(bundle: BundleContent, verification: Verification): ReportModel {
  const context = createContext(bundle, verification);
  const { result } = context;
  return {
    title: visible(bundle.case?.title ?? (context.forward ? 'Trace of stolen value' : 'Trace of the source of funds')),
    subtitle: context.forward ? 'Where stolen value was last seen' : 'Where value came from',
    language: 'en',
    recordEndsAt: result.consumed.at(-1)?.blockTime ?? null,
    mark: `digest ${result.digest}`,
    facts: facts(context),
    sections: [
      stolenSection(context),
      lastSeenSection(context),
      sensitivitySection(context),
      flowSection(context),
      accountsSection(context),
      crossingsSection(context),
      workedSection(context),
      verificationAnnex(context),
      recordAnnex(context),
      assumptionsAnnex(context),
      methodsAnnex(context),
      ...poisonAnnex(context),
      figuresAnnex(context),
      transfersAnnex(context),
    ],
    figures: listFigures(context),
  };
}

function facts({ result, verification, instructed, shown, bundle }: ReportContext): ReportModel['facts'] {
  const first = result.consumed[0];
  const last = result.consumed.at(-1);
  const { arithmetic, authenticity, completeness } = verification;
  const sources = bundle.case?.sources.length ?? 0;
  return [
    {
      name: 'Record used',
      value: spans(
        first === undefined || last === undefined
          ? 'no transfers'
          : `${result.consumed.length} transfers, ${timeText(first.blockTime)} to ${timeText(last.blockTime)}`,
        sources === 0 ? '' : `; ${sources} source files, listed in an annex`,
      ),
    },
    {
      name: 'Rule',
      value:
        instructed === null
          ? spans(
              'none instructed; shown as an example: ',
              strong(shown?.policy ?? result.parameters.policies.join(', ')),
            )
          : spans('instructed: ', strong(instructed.policy)),
    },
    { name: 'Rules traced', value: spans(result.parameters.policies.join(', ')) },
    { name: 'Arithmetic recomputes', value: spans(arithmetic.ok ? 'Yes.' : 'No.') },
    { name: 'Transfers on the chain as stated', value: spans(authenticityWord(authenticity.status)) },
    { name: 'Record complete', value: spans(completenessWord(completeness.status)) },
    { name: 'Digest', value: spans(code(result.digest)) },
    { name: 'Engine', value: spans(code(result.engine)) },
    {
      name: 'Date in this file',
      value: spans('that of the last transfer used, so that one bundle always gives the same file'),
    },
  ];
}
