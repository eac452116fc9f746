/** Where a frame stands in the calls of its transaction: `[]` the top-level call, `[0, 2]` the third call of its first. */
export type TraceAddress = readonly number[];

export type FrameStatus = {
  readonly address: TraceAddress;
  readonly failed: boolean;
  readonly children: number | null;
};

/** Order of execution: a call before the calls it makes. */
export function compareTraceAddresses(a: TraceAddress, b: TraceAddress): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const order = (a[i] as number) - (b[i] as number);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Reads `0,2`, `[0, 2]`, `` (the top-level call); null where it is none of these. */
export function parseTraceAddress(text: string): TraceAddress | null {
  const inner = text
    .trim()
    .replace(/^\[(.*)\]$/, '$1')
    .trim();
  if (inner === '') return [];
  if (!/^\d{1,9}(\s*,\s*\d{1,9})*$/.test(inner)) return null;
  return inner.split(',').map(Number);
}

/**
 * Which frames of one transaction took effect, and whether all of its frames are there.
 * @param frames - in order of execution.
 * @returns `effective[i]` is false where frame i or any call above it failed. `complete` is false where a call is
 *   missing, so that ranks are not the chain's.
 */
export function readTraceTree(frames: readonly FrameStatus[]): { effective: readonly boolean[]; complete: boolean } {
  const effective: boolean[] = [];
  const places = new Map<string, number>();
  const calls = frames.map(() => 0);
  let complete = frames[0] !== undefined && frames[0].address.length === 0;
  for (const [i, frame] of frames.entries()) {
    const parent = frame.address.length === 0 ? undefined : places.get(frame.address.slice(0, -1).join());
    places.set(frame.address.join(), i);
    let above = true;
    if (parent !== undefined) {
      above = effective[parent] as boolean;
      if (frame.address.at(-1) !== calls[parent]) complete = false;
      calls[parent] = (calls[parent] as number) + 1;
    } else if (frame.address.length > 0) {
      complete = false;
      above = nearestAncestor(frame.address, places, effective);
    }
    effective.push(above && !frame.failed);
  }
  const counted = frames.every((frame, i) => frame.children === null || frame.children === calls[i]);
  return { effective, complete: complete && counted };
}

/** Where the calling frame is missing, what is known of the calls above it. */
function nearestAncestor(
  address: TraceAddress,
  places: ReadonlyMap<string, number>,
  effective: readonly boolean[],
): boolean {
  for (let length = address.length - 2; length >= 0; length--) {
    const place = places.get(address.slice(0, length).join());
    if (place !== undefined) return effective[place] as boolean;
  }
  return true;
}
