/** How long work may run before it says so, and how often it says more (milliseconds). */
const PATIENCE = 1000;
const INTERVAL = 250;

export type Progress = {
  /** @param fraction - 0 to 1 where known, for the estimate of what is left; null: unknown. */
  readonly update: (text: string, fraction: number | null) => void;
  readonly done: () => void;
};

/** One line on stderr that rewrites itself; on a pipe, a line every few seconds. Silent for work under a second. */
export function createProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  const start = Date.now();
  let last = 0;
  let shown = false;
  return {
    update(text, fraction) {
      const now = Date.now();
      if (now - start < PATIENCE || now - last < (stream.isTTY ? INTERVAL : 10 * INTERVAL)) return;
      last = now;
      shown = true;
      const left =
        fraction === null || fraction <= 0
          ? ''
          : `, about ${duration(((now - start) * (1 - fraction)) / fraction)} left`;
      stream.write(stream.isTTY ? `\r\x1b[2K${text}${left}` : `${text}${left}\n`);
    },
    done() {
      if (shown && stream.isTTY) stream.write('\r\x1b[2K');
    },
  };
}

export function duration(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/** `1234567` → `1,234,567`. */
export function grouped(value: number | bigint | string): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}
