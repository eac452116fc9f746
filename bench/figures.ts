/** What a benchmark found, as a line of the table or a line of JSON. */
export type Figure = {
  readonly name: string;
  readonly value: string;
  /** Against its peer in the same run. */
  readonly ratio?: string;
  readonly aim?: string;
  readonly met?: boolean;
};

/** Prints figures: as JSON, one a line, or as a table. */
export function print(benchmark: string, figures: readonly Figure[], json: boolean): void {
  if (json) for (const figure of figures) console.log(JSON.stringify({ benchmark, ...figure }));
  else console.log(tableOf(figures));
}

/** Figures under each other: figure, value, ratio to its peer, aim, met or not. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = [
    ['figure', 'value', 'ratio', 'aim', ''],
    ...figures.map(({ name, value, ratio: against, aim, met }) => [
      name,
      value,
      against ?? '',
      aim ?? '',
      met === undefined ? '' : met ? 'met' : 'NOT MET',
    ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] as number))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Highest memory of this process so far, the engine in it included. */
export function peakMemory(): Figure {
  return {
    name: 'peak memory of the process',
    value: `${(process.resourceUsage().maxRSS / 1024 / 1024).toFixed(2)} GiB`,
  };
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

/** Rows a second. */
export function rate(rows: number, milliseconds: number): string {
  return `${Math.round(rows / milliseconds).toLocaleString('en')} k rows/s`;
}

/** How many times as long. */
export function ratio(one: number, other: number): string {
  return `${(one / other).toFixed(2)}×`;
}
