import { PROTOCOLS } from '@cairn/core/tracing';
import { table } from '../terminal/table.ts';

export const BASES = ['exact', 'inferred', 'none'] as const;

/** How a kind of crossing is read. */
export type ProtocolRow = {
  readonly id: string;
  readonly title: string;
  /** The most that its records can prove: `inferred`: candidates only; `none`: no link, and no value follows it. */
  readonly basis: (typeof BASES)[number];
  readonly proves: string;
  readonly cannotProve: string;
};

/** Protocols none of whose records has a key: their links are candidates. */
const UNKEYED: ReadonlySet<string> = new Set(['chainflip', 'ren']);
/** A mixer: its links are not even candidates for value. */
const UNLINKED: ReadonlySet<string> = new Set(['tornado']);

/** What happens inside one transaction needs no protocol. */
const INSIDE: readonly ProtocolRow[] = [
  {
    id: 'netting',
    title: 'Swaps inside one transaction',
    basis: 'exact',
    proves:
      'Netted over the whole transaction, an account gave exactly one asset and received exactly one. Receipt and all calls must be on record.',
    cannotProve: 'Swaps with several assets on a side, or paid to another account, or that end in another transaction.',
  },
  {
    id: 'wrap',
    title: 'Wraps and staking',
    basis: 'exact',
    proves: 'The contract that issues the wrapped form says in an event whom it gave how much of it.',
    cannotProve: 'Wraps by contracts Cairn does not know.',
  },
];

/** Every kind of crossing Cairn reads, by id. */
export function listProtocols(): ProtocolRow[] {
  const protocols = PROTOCOLS.map(({ id, title, proves, cannotProve }): ProtocolRow => {
    const basis = UNLINKED.has(id) ? 'none' : UNKEYED.has(id) ? 'inferred' : 'exact';
    return { id, title, basis, proves, cannotProve };
  });
  return [...INSIDE, ...protocols];
}

export function protocolTitle(id: string): string {
  return PROTOCOLS.find((protocol) => protocol.id === id)?.title ?? id;
}

export function showProtocols(protocols: readonly ProtocolRow[]): string {
  const rows = protocols.map(({ title, basis, proves, cannotProve }) => [
    wrapped(title, 18),
    basis,
    wrapped(proves, 44),
    `${wrapped(cannotProve, 44)}\n`,
  ]);
  return [
    table(['protocol', 'at most', 'what proves a link', 'what it cannot prove'], rows),
    'exact: followed by default. inferred: candidates by amount and time (cairn crossings candidates), followed only when asked. none: no value follows it (Tornado Cash: cairn mixers tornado).',
  ].join('\n\n');
}

function wrapped(text: string, width: number): string {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) as string;
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}
