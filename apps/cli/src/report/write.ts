import { CairnError } from '@cairn/core/errors';
import { buildReport, type ReportModel } from '@cairn/core/reporting';
import { renderCsv, renderHtml, renderPdf } from '@cairn/core/reporting/render';
import type { Verification } from '@cairn/core/tracing/bundle';
import { writeWhole } from '../data/data-directory.ts';

/** Where each form of a report goes; absent: not written. */
export type ReportFiles = { readonly pdf?: string; readonly html?: string; readonly csv?: string };

/**
 * Writes a verified bundle's report. A bundle that does not recompute gets none: its figures are not what they say.
 * @throws {CairnError} `verification-failed`
 */
export async function writeReport(verification: Verification, files: ReportFiles): Promise<ReportModel> {
  const { bundle, arithmetic } = verification;
  if (bundle === null || !arithmetic.ok) {
    throw new CairnError('verification-failed', 'the bundle does not recompute, so no report is made of it', {
      hints: ['cairn verify names what differs'],
    });
  }
  const model = buildReport(bundle, verification);
  if (files.pdf !== undefined) writeWhole(files.pdf, await renderPdf(model));
  if (files.html !== undefined) writeWhole(files.html, renderHtml(model));
  if (files.csv !== undefined) writeWhole(files.csv, renderCsv(model));
  return model;
}
