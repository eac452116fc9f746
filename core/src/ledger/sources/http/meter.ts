/** What asking has cost so far. */
export type Spent = {
  /** Requests sent, those repeated included. */
  readonly requests: number;
  /** Questions answered from disk. */
  readonly cached: number;
  readonly retries: number;
  /** Milliseconds that requests were under way, added up. */
  readonly underWay: number;
  /** Milliseconds in which at least one was: what was spent waiting. */
  readonly waiting: number;
  readonly bytes: number;
};

/** Counts what asking costs, over as many clients as share it. */
export type Meter = {
  begin(): void;
  end(): void;
  retried(): void;
  cached(): void;
  counted(attempt: { readonly milliseconds: number; readonly bytes: number }): void;
  spent(): Spent;
};

export function createMeter(): Meter {
  let [open, since, requests, cached, retries, underWay, waiting, bytes] = [0, 0, 0, 0, 0, 0, 0, 0];
  return {
    begin() {
      if (open++ === 0) since = performance.now();
    },
    end() {
      if (--open === 0) waiting += performance.now() - since;
    },
    retried: () => void retries++,
    cached: () => void cached++,
    counted(attempt) {
      requests++;
      underWay += attempt.milliseconds;
      bytes += attempt.bytes;
    },
    spent: () => ({ requests, cached, retries, underWay, waiting, bytes }),
  };
}
