import { type Account, compareText } from '../units/index.ts';
import { burnLabel } from './burn.ts';
import { STOP_REASONS, saysKind } from './categories.ts';
import type { Label, LabelDecision } from './label.ts';

/** Why a label stops a trace: the shape tracing asks for. */
export type LabelStop = {
  /** `label:exchange`, `contract` … */
  readonly reason: string;
  readonly label: string;
  readonly source: string;
  /** True where another label of the account says it is a party of another kind. */
  readonly contested: boolean;
};

/** Labels by account. Answers depend on the labels only, never on their order. */
export type LabelIndex = {
  /** Accounts that carry a label given to the index, sorted. */
  readonly accounts: readonly Account[];
  /** All labels of an account, strongest first; the built-in burn labels included. */
  of(account: Account): readonly Label[];
  /** The label that decides; null: the account carries none. */
  decide(account: Account): LabelDecision | null;
  /** Does the deciding label stop a trace? null: no. */
  stopAt(account: Account): LabelStop | null;
};

/**
 * Keeps every label of every account and decides between those that disagree.
 * The order of strength: the built-in burn labels; then labels that say what kind of party the account is before those
 * that do not (`sanctioned`, `other`: an exchange under sanctions is still an exchange); then higher confidence, newer
 * date, source, name, category and entity, so that there is always exactly one answer.
 */
export function createLabelIndex(labels: readonly Label[]): LabelIndex {
  const byAccount = new Map<Account, Map<string, Label>>();
  for (const label of labels) {
    const known = byAccount.get(label.account) ?? new Map<string, Label>();
    // The same claim by the same source counts once, however many files carry it.
    const { name, entity, category, source, confidence, labelledAt } = label;
    known.set(JSON.stringify([name, entity, category, source, confidence, labelledAt]), label);
    byAccount.set(label.account, known);
  }
  const of = (account: Account): readonly Label[] => {
    const builtIn = burnLabel(account);
    const given = [...(byAccount.get(account)?.values() ?? [])].sort(compareStrength);
    return builtIn === null ? given : [builtIn, ...given];
  };
  const decide = (account: Account): LabelDecision | null => {
    const [label, ...weaker] = of(account);
    if (label === undefined) return null;
    return {
      label,
      conflicting: weaker.filter((other) => other.category !== label.category),
    };
  };
  return {
    accounts: [...byAccount.keys()].sort(),
    of,
    decide,
    stopAt(account) {
      const decision = decide(account);
      const reason = decision === null ? null : STOP_REASONS[decision.label.category];
      if (decision === null || reason === null) return null;
      const { label, conflicting } = decision;
      const contested = conflicting.some((other) => saysKind(other.category));
      return { reason, label: label.name, source: label.source, contested };
    },
  };
}

function compareStrength(a: Label, b: Label): number {
  return (
    Number(saysKind(b.category)) - Number(saysKind(a.category)) ||
    b.confidence - a.confidence ||
    (b.labelledAt ?? -1) - (a.labelledAt ?? -1) ||
    compareText(a.source, b.source) ||
    compareText(a.name, b.name) ||
    compareText(a.category, b.category) ||
    compareText(a.entity ?? '', b.entity ?? '')
  );
}
