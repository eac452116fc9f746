import type { FlowDiagram } from './flow-diagram.ts';

/** How a cell or a word is set apart. Never by colour alone: renderers also give it a border or a weight. */
export type Tone = 'plain' | 'code' | 'strong' | 'held' | 'last-seen';

/** A piece of text. It is always text: never markup of any renderer. */
export type Span = { readonly text: string; readonly tone: Tone };

/** A cell holds lines, each of spans. */
export type Cell = readonly (readonly Span[])[];

export type Column = {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Share of the width; 0: as wide as its content. */
  readonly weight: number;
};

export type Table = {
  readonly kind: 'table';
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** How many rows there are; more than `rows` has where a bound cut them. */
  readonly of: number;
  /** Set small: annexes. */
  readonly small: boolean;
};

export type Block =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'paragraph'; readonly spans: readonly Span[] }
  /** Something the reader must not miss. */
  | { readonly kind: 'notice'; readonly spans: readonly Span[] }
  | { readonly kind: 'list'; readonly items: readonly (readonly Span[])[] }
  | { readonly kind: 'diagram'; readonly diagram: FlowDiagram; readonly caption: string }
  | Table;

export type Section = {
  /** Stable name, for links. */
  readonly id: string;
  readonly title: string;
  /** Wide tables: pages on their side. */
  readonly landscape: boolean;
  readonly blocks: readonly Block[];
};

/** One line of the figures file. Amounts in base units, and as exact decimals where the asset's decimals are known. */
export type FigureRow = {
  readonly record: 'total' | 'holding' | 'terminal' | 'edge' | 'touched' | 'gap' | 'transfer';
  readonly policy: string;
  readonly tag: string;
  /** What the figure is: `stolen`, `held`, a terminal's reason … */
  readonly figure: string;
  readonly account: string;
  readonly to: string;
  readonly asset: string;
  readonly amount: string;
  readonly amountDecimal: string;
  readonly origin: string;
  readonly originDecimal: string;
  /** `yes` where the figure rests, or may rest in part, on a crossing that no chain shows: declared or inferred. */
  readonly restsOnDeclared: string;
  readonly time: string;
  readonly transactions: string;
  /** Of `account` and `to` where they are outputs: the address. */
  readonly address: string;
  readonly toAddress: string;
};

/** A report, all of its wording and figures decided, free of any format. */
export type ReportModel = {
  readonly title: string;
  readonly subtitle: string;
  /** Language of the text, BCP 47. */
  readonly language: 'en';
  /** Unix seconds of the last transfer used: the date the file carries, so that one bundle gives one file. Null: none was used; the file carries 1970-01-01. */
  readonly recordEndsAt: number | null;
  /** What every page carries: the digest of the trace. */
  readonly mark: string;
  /** Head matter: name and value. */
  readonly facts: readonly { readonly name: string; readonly value: readonly Span[] }[];
  readonly sections: readonly Section[];
  readonly figures: readonly FigureRow[];
};
