/** Milliseconds. */
export type Timing = { readonly median: number; readonly least: number; readonly most: number };

/**
 * Time this thread has spent on a processor, in milliseconds: what else the machine does is not counted, nor is what
 * other threads do for it.
 */
export function threadTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

export function summarise(times: readonly number[]): Timing {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (place: number): number => sorted[place] as number;
  return { median: at(sorted.length >> 1), least: at(0), most: at(sorted.length - 1) };
}

/** A number for people: three digits that count. */
export function show(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en');
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** Frees what earlier measurements left, where node was started with --expose-gc. */
export function collectGarbage(): void {
  globalThis.gc?.();
}
