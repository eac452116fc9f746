import type { Exposure, ExposureCategory, ExposureLine } from './exposure.ts';
import { type AccountFacts, RISK_LEVELS, type RiskAssessment, type RiskLevel, type RiskRule } from './risk.ts';
import type { RiskRules } from './risk-rules.ts';
import { formatShare } from './share.ts';

/** Lines named in a rule's reason; the rest are counted. */
const NAMED_LINES = 3;

type Said = { readonly fired: boolean; readonly because: string };

/**
 * What level the rules give, and what every one of them said. There is no arithmetic in it but shares: a rule fires where
 * all its conditions hold, and the level is the highest of those that fired.
 * @param exposure - null: no ledger was asked; rules about exposure then cannot fire, and the caveats say so.
 */
export function assessRisk(exposure: Exposure | null, facts: AccountFacts, rules: RiskRules): RiskAssessment {
  const said = rules.rules.map((rule) => ({
    rule,
    ...(rule.about === 'account' ? askAccount(rule, facts) : askExposure(rule, exposure)),
  }));
  const levels = said.filter(({ fired }) => fired).map(({ rule }) => RISK_LEVELS.indexOf(rule.level));
  return {
    level: RISK_LEVELS[Math.max(0, ...levels)] as RiskLevel,
    rules: said,
    ruleFile: { name: rules.name, sha256: rules.sha256 },
    caveats: caveatsOf(exposure),
  };
}

function askAccount({ categories }: RiskRule, facts: AccountFacts): Said {
  const own = new Set<ExposureCategory>(facts.categories);
  if (facts.listed) own.add('listed');
  if (facts.theftAccount) own.add('theft');
  const met = categories.filter((category) => own.has(category));
  return met.length > 0
    ? { fired: true, because: `the account itself is said to be: ${met.join(', ')}` }
    : { fired: false, because: `nothing says that the account itself is: ${categories.join(', ')}` };
}

function askExposure(rule: RiskRule, exposure: Exposure | null): Said {
  if (exposure === null) return { fired: false, because: 'no exposure was measured' };
  const asked = exposure.totals.filter(({ direction }) => rule.direction === null || rule.direction === direction);
  if (asked.length === 0) return { fired: false, because: `the ledger shows nothing ${rule.direction ?? 'moved'}` };
  const reasons = asked.map(({ direction, asset }) => {
    const lines = exposure.lines.filter((line) => line.direction === direction && line.asset === asset);
    return askLines(
      rule,
      `${direction} ${asset}`,
      lines.filter((line) => meets(rule, line)),
    );
  });
  const fired = reasons.filter((reason) => reason.fired);
  return {
    fired: fired.length > 0,
    because: (fired.length > 0 ? fired : reasons).map(({ because }) => because).join('; '),
  };
}

function meets({ categories, maxHops }: RiskRule, { party, hops }: ExposureLine): boolean {
  return party !== null && categories.includes(party.category) && (maxHops === null || (hops ?? Infinity) <= maxHops);
}

/** The matching lines of one direction and asset are measured together: many small shares are not less than one large. */
function askLines({ minShare, categories, maxHops }: RiskRule, place: string, lines: readonly ExposureLine[]): Said {
  const [first] = lines;
  if (first === undefined) {
    const within = maxHops === null ? '' : ` within ${maxHops} hop(s)`;
    return { fired: false, because: `${place}: nothing traced to ${categories.join(', ')}${within}` };
  }
  const { whole } = first.share;
  // Of a party reached both directly and through others, a rule about direct dealings counts the direct part only.
  const part = lines.reduce((sum, line) => sum + (maxHops === 1 ? line.direct : line.share.part), 0n);
  const shown = `${place}: ${formatShare({ part, whole })}${maxHops === 1 ? ' directly' : ''} (${nameLines(lines)})`;
  if (minShare === null || part * minShare.whole >= minShare.part * whole) return { fired: true, because: shown };
  return { fired: false, because: `${shown}, less than ${formatShare(minShare)}` };
}

function nameLines(lines: readonly ExposureLine[]): string {
  const named = lines.slice(0, NAMED_LINES).map(({ party, amount, direct, share, hops }) => {
    const part =
      hops === 1 && direct < amount ? ` (${formatShare({ part: direct, whole: share.whole })} directly)` : '';
    const contested = party?.contested === true ? ', contested' : '';
    return `${formatShare(share)}${part} ${party?.category} ${party?.entity} at ${party?.account}, ${hops} hop(s)${contested}`;
  });
  const rest = lines.length - named.length;
  return [...named, ...(rest === 0 ? [] : [`and ${rest} more`])].join('; ');
}

function caveatsOf(exposure: Exposure | null): string[] {
  if (exposure === null) {
    return [
      'No exposure was measured: the level rests on what is said of the account itself, and says nothing of its money.',
    ];
  }
  const caveats = exposure.totals.flatMap(({ direction, asset, amount }): string[] => {
    const lines = exposure.lines.filter((line) => line.direction === direction && line.asset === asset);
    return [
      ...unattributed(
        `${direction} ${asset}`,
        amount,
        lines.filter(({ party }) => party === null),
      ),
      ...suspected(
        `${direction} ${asset}`,
        amount,
        lines.filter(({ party }) => party?.category === 'suspected-service'),
      ),
    ];
  });
  if (exposure.totals.length === 0) caveats.push('The ledger shows nothing received or sent by this account.');
  const contested = exposure.lines.filter(({ party }) => party?.contested === true);
  if (contested.length > 0) {
    const accounts = [...new Set(contested.map(({ party }) => party?.account))].sort();
    caveats.push(`Who these accounts are is contested between labels: ${accounts.join(', ')}.`);
  }
  for (const { limit, hit } of exposure.limits)
    if (hit) caveats.push(`The limit ${limit} was hit: beyond it nothing was looked at.`);
  const assumed = exposure.warnings.filter(({ code }) => code === 'declared-crossings');
  return [...caveats, ...assumed.map(({ message }) => message)];
}

function unattributed(place: string, whole: bigint, lines: readonly ExposureLine[]): string[] {
  if (lines.length === 0) return [];
  const part = sumOf(lines);
  const reasons = lines.map(({ because, share }) => `${because} ${formatShare(share)}`).join(', ');
  return [`${place}: ${formatShare({ part, whole })} is attributed to nobody (${reasons}).`];
}

function suspected(place: string, whole: bigint, lines: readonly ExposureLine[]): string[] {
  if (lines.length === 0) return [];
  return [
    `${place}: ${formatShare({ part: sumOf(lines), whole })} ends at accounts that behave like a service nobody names.`,
  ];
}

const sumOf = (lines: readonly ExposureLine[]): bigint => lines.reduce((sum, { amount }) => sum + amount, 0n);
