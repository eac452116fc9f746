import { isCairnError } from '../errors.ts';
import type { Account } from '../units/index.ts';
import type { Label } from './label.ts';

/** A record that could not be read as a label. The good ones are kept. */
export type LabelReject = {
  readonly file: string;
  /** Line of the file, 1 the first; null where the format has no lines to speak of (JSON). */
  readonly line: number | null;
  /** What was rejected: the address, or the record as it stands. */
  readonly entry: string;
  readonly reason: string;
};

export type LabelImport = {
  readonly labels: readonly Label[];
  readonly rejects: readonly LabelReject[];
  /** Records that name an account and say nothing about it: neither a label nor a fault. */
  readonly withoutClaim: number;
};

export type LabelImportOptions = {
  /** Name of the file, for rejects. */
  readonly file: string;
  /** Source of labels that name none themselves; null: the file's name. */
  readonly source?: string | null;
  /** Confidence of labels that state none, 0–100; null: the format's default. */
  readonly confidence?: number | null;
};

/** Collects labels and rejects while a file is read. */
export function createImport(file: string) {
  const labels: Label[] = [];
  const rejects: LabelReject[] = [];
  let withoutClaim = 0;
  return {
    add(...made: readonly Label[]): void {
      labels.push(...made);
    },
    reject(line: number | null, entry: string, reason: string): void {
      rejects.push({ file, line, entry, reason });
    },
    skip(): void {
      withoutClaim += 1;
    },
    /** The account a parser gives, or null after a reject with the parser's reason. */
    account(line: number | null, entry: string, parse: () => Account): Account | null {
      try {
        return parse();
      } catch (error) {
        if (!isCairnError(error)) throw error;
        rejects.push({ file, line, entry, reason: error.message });
        return null;
      }
    },
    finish(): LabelImport {
      return { labels, rejects, withoutClaim };
    },
  };
}
