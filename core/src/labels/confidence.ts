/**
 * How sure a source is of a label, 0–100: the levels of GraphSense's TagPack tool
 * (`src/tagpack/db/confidence.csv`, 14 names), which its TagPacks use by name.
 */
export const CONFIDENCE_LEVELS: Readonly<Record<string, number>> = {
  override: 100,
  ownership: 100,
  ledger_immanent: 100,
  manual_transaction: 90,
  service_api: 70,
  forensic_investigation: 70,
  authority_data: 60,
  trusted_provider: 50,
  service_data: 50,
  forensic: 50,
  untrusted_transaction: 40,
  web_crawl: 20,
  heuristic: 10,
  unknown: 5,
};

/** What a label is worth where its file does not say: the scale's `unknown`. */
export const UNKNOWN_CONFIDENCE = 5;

/** Explorer label clouds read off web pages: the scale's `web_crawl`. */
export const WEB_CRAWL_CONFIDENCE = 20;

/** The level a name or a whole number from 0 to 100 stands for; null: neither. */
export function readConfidence(text: string): number | null {
  const level = CONFIDENCE_LEVELS[text];
  if (level !== undefined) return level;
  if (!/^\d{1,3}$/.test(text)) return null;
  const number = Number(text);
  return number <= 100 ? number : null;
}
