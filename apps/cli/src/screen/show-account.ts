import { type AccountAnswer, CONCERNING, type Exposure, type ExposureLine } from '@cairn/core/screening';
import { type Account, accountChain, formatAccount, formatTime } from '@cairn/core/units';
import { grouped } from '../terminal/progress.ts';
import { shortAccount, table } from '../terminal/table.ts';
import { type AssetBook, showAmount, symbolOf } from '../trace/assets.ts';
import { listName, showBasis, showDecisions, showSetAside } from './show-basis.ts';

/** What each verdict says, and no more. */
const MEANINGS: Record<AccountAnswer['verdict'], string> = {
  listed: 'LISTED: a list in force names this address',
  'theft-account':
    'THEFT ACCOUNT: a source names it as taking part in a recorded theft; that is a claim, not a listing.',
  labelled: 'LABELLED: sources say who it is; no list looked at names it.',
  exposed: 'EXPOSED: no list looked at, theft record or label names it, but value is traced to or from such a party.',
  'no-match': 'NO MATCH in what was looked at. That is not a clearance: published address lists are not exhaustive.',
  unknown: 'UNKNOWN, which is not a "no match"',
};

/** One account's answer for people: the verdict, its evidence, what it rests on. */
export function showAccount(answer: AccountAnswer, book: AssetBook): string {
  const because = answer.because === null ? '' : `: ${answer.because}`;
  const aside = answer.verdict === 'listed' ? '' : showSetAside(answer.decisions);
  const head = `${answer.form.canonical}\n${MEANINGS[answer.verdict]}${because}${aside}`;
  const notes = answer.form.notes.filter((note) => !answer.because?.includes(note));
  const sections = [
    [head, ...notes.map((note) => `Note: ${note}.`)].join('\n'),
    showListings(answer),
    showNearMisses(answer),
    showThefts(answer),
    showLabels(answer),
    showDeposit(answer),
    answer.exposure === null ? '' : showExposure(answer.exposure, book),
    showRisk(answer),
    showDecisions(answer.decisions),
    showBasis(answer.basis),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function showListings({ listings }: AccountAnswer): string {
  if (listings.length === 0) return '';
  const lines = listings.flatMap(({ party, listed, version, reach }) => {
    const also = party.names.slice(1, 4).map(({ full }) => full);
    return [
      `- ${listName(party.list)} ${party.reference}: ${party.names[0]?.full}${also.length > 0 ? ` (also ${also.join('; ')})` : ''}, ${party.kind}`,
      `  programmes ${party.programmes.join(', ') || 'not stated'}; listed ${party.listedOn ?? 'on a date not stated'}; entry ${party.id} in ${version}`,
      `  ${listed.address}: ${reach}`,
    ];
  });
  return ['Listed by', ...lines].join('\n');
}

function showNearMisses({ nearMisses }: AccountAnswer): string {
  if (nearMisses.length === 0) return '';
  const lines = nearMisses.map(
    ({ address, partyName, partyId, version, how }) =>
      `- ${address} of ${partyName} (${partyId} in ${version}): ${how}`,
  );
  return ['NEAR MISS: not the address asked about, but easily taken for it. Check what was copied.', ...lines].join(
    '\n',
  );
}

function showThefts({ thefts }: AccountAnswer): string {
  if (thefts.length === 0) return '';
  return [
    'Recorded thefts that name it',
    ...thefts.map(({ incident, role, source }) => `- ${incident}: ${role} (${source})`),
  ].join('\n');
}

/** Characters of a source shown in a table. */
const WIDE = 70;

function showLabels({ labels }: AccountAnswer): string {
  if (labels.length === 0) return '';
  const rows = labels.map((l) => [
    l.name,
    l.category,
    l.source.length > WIDE ? `${l.source.slice(0, WIDE)}…` : l.source,
    String(l.confidence),
    l.labelledAt === null ? '' : formatTime(l.labelledAt).slice(0, 10),
  ]);
  return `Said to be\n${table(['name', 'category', 'by', 'confidence', 'as of'], rows, ['confidence'])}`;
}

function showDeposit({ deposit }: AccountAnswer): string {
  if (deposit === null) return '';
  const { service, confidence, forwards } = deposit;
  return `Inferred: behaves like a deposit account of ${service.name} (confidence ${confidence.toFixed(2)}, ${forwards.length} ${forwards.length === 1 ? 'forward' : 'forwards, most of them'} to ${formatAccount(service.account)}; cairn deposits shows them).`;
}

const SHOWN = 12;
/** Assets shown in full, warnings and caveats shown: the rest is counted, and in --json. */
const BLOCKS = 6;
const NOTES = 5;

function showExposure(exposure: Exposure, book: AssetBook): string {
  const { totals, lines, limits, policy, warnings } = exposure;
  if (totals.length === 0) return `Exposure (${policy}): the ledger shows nothing received or sent.`;
  const groups = totals.map((total) => ({
    ...total,
    lines: lines.filter(({ direction, asset }) => direction === total.direction && asset === total.asset),
  }));
  // What is traced to somebody of concern first, then to somebody, then ether and named tokens as they come.
  const rank = (group: Group): number =>
    Math.min(...group.lines.map(({ party }) => (party === null ? 2 : CONCERNING.has(party.category) ? 0 : 1)));
  const sorted = groups.map((group) => ({ group, rank: rank(group) })).sort((a, b) => a.rank - b.rank);
  const shown = sorted.filter(({ rank: place }, i) => i < BLOCKS && (place < 2 || i < 2)).map(({ group }) => group);
  const rest = sorted.map(({ group }) => group).filter((group) => !shown.includes(group));
  const names = rest.slice(0, SHOWN).map(({ direction, asset }) => `${direction} ${symbolOf(asset, book)}`);
  const hit = limits.filter((limit) => limit.hit).map(({ limit }) => limit);
  const notes = [
    showCoverage(exposure),
    ...(rest.length === 0
      ? []
      : [
          `Not shown, --json has them: ${names.join(', ')}${rest.length > SHOWN ? ` and ${rest.length - SHOWN} more` : ''}.`,
        ]),
    `Limits hit: ${hit.length === 0 ? 'none' : hit.join(', ')} (set: ${limits.map(({ limit }) => limit).join(', ')}).`,
    ...warnings.slice(0, NOTES).map(({ message }) => `- ${message}`),
    ...(warnings.length > NOTES ? [`- ${warnings.length - NOTES} more warnings; --json has all.`] : []),
  ];
  const blocks = shown.map((group) => showGroup(group, book));
  return [`Exposure under ${policy}, by the ledger loaded`, ...blocks, notes.join('\n')].join('\n\n');
}

/** What is declared of the record of the account itself, on its own chain; and that nothing is, where nothing is. */
function showCoverage({ account, coverage }: Exposure): string {
  const own = coverage.filter(({ account: of, chain, basis }) => {
    return (of === account || (of === null && chain === accountChain(account))) && basis !== 'unknown';
  });
  if (own.length === 0) {
    return 'Nobody declares the record of this account complete: it may have received and sent more than is shown.';
  }
  const said = own.map(({ direction, assets, fromBlock, toBlock, basis, truncated, source }) => {
    const ways = direction === 'both' ? 'in and out' : direction;
    const what =
      assets === null ? ways : `${ways}, ${grouped(assets.length)} ${assets.length === 1 ? 'asset' : 'assets'}`;
    const from = fromBlock === null ? '' : ` from block ${fromBlock}`;
    const how = truncated ? 'cut by a cap, so not complete' : 'complete';
    return `${what}${from} to block ${toBlock ?? 'not said'}: ${how} (${basis}; ${source})`;
  });
  return `What is declared of this account's record: ${[...new Set(said)].join('; ')}.`;
}

type Group = Exposure['totals'][number] & { readonly lines: readonly ExposureLine[] };

/** What was received (sent) of one asset, and from (to) whom it is traced. */
function showGroup({ direction, asset, amount, lines }: Group, book: AssetBook): string {
  const rows = lines
    .slice(0, SHOWN)
    .map((line) => [
      line.party === null ? `not attributed: ${line.because}` : `${line.party.category}: ${line.party.entity}`,
      line.party === null ? '' : line.hops === 1 ? 'direct' : `${line.hops} hops`,
      showAmount(line.amount, asset, book),
      percent(line.share),
    ]);
  const more = lines.length > SHOWN ? `\n${SHOWN} of ${lines.length} shown; --json has all.` : '';
  const paths = lines
    .filter(({ party }) => party !== null)
    .slice(0, 3)
    .map(showPath);
  const head = [direction === 'received' ? 'from' : 'to', 'distance', 'amount', 'share'];
  return [
    `${direction} ${showAmount(amount, asset, book)}, 100 % accounted for:`,
    `${table(head, rows, ['amount', 'share'])}${more}`,
    ...paths,
  ].join('\n');
}

function showPath({ party, path, direction }: ExposureLine): string {
  const accounts = path.flatMap(({ from, to }, i) =>
    i === 0 ? [direction === 'sent' ? from : to, direction === 'sent' ? to : from] : [direction === 'sent' ? to : from],
  );
  const chain = accounts
    .map((account) => shortAccount(formatAccount(account as Account)))
    .join(direction === 'sent' ? ' → ' : ' ← ');
  return `  ${party?.entity}: ${chain}`;
}

/** A share as a percentage with two decimals, cut off and never rounded up: 99.999 % is not 100 %. */
export function percent({ part, whole }: { readonly part: bigint; readonly whole: bigint }): string {
  if (whole === 0n) return '–';
  const hundredths = (part * 10_000n) / whole;
  if (hundredths === 0n && part > 0n) return '< 0.01 %';
  return `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')} %`;
}

function showRisk({ risk }: AccountAnswer): string {
  if (risk === null) return '';
  const fired = risk.rules.filter((rule) => rule.fired);
  const lines = fired.map(({ rule, because }) => `- ${rule.id} → ${rule.level}: ${because}`);
  const silent = `${risk.rules.length - fired.length} of ${risk.rules.length} rules did not fire`;
  return [
    `Risk level: ${risk.level} (rules ${risk.ruleFile.name}; the highest that fired; ${silent})`,
    ...lines,
    ...risk.caveats.slice(0, NOTES).map((caveat) => `  ${caveat}`),
    ...(risk.caveats.length > NOTES ? [`  ${risk.caveats.length - NOTES} more caveats; --json has all.`] : []),
  ].join('\n');
}
