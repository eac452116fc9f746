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

/** Peak memory of this process so far, in megabytes. */
export function peakMegabytes(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}

/** Frees what earlier measurements left, where node was started with --expose-gc. */
export function collectGarbage(): void {
  globalThis.gc?.();
}
