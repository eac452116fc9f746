/**
 * The platform's globals that pure folders may name beside the language itself: they read no clock, no randomness and
 * no device. Only `tsconfig.pure.json` sees this file; everything else has the full types of Node.
 */
declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}

declare class TextDecoder {
  constructor(label?: string, options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean });
  decode(bytes?: Uint8Array, options?: { readonly stream?: boolean }): string;
}

/** A pure function may be told to stop; it cannot create the signal. */
interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
}
