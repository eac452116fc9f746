import { CairnError } from '../../errors.ts';

/** Bytes to text, whatever the size of the pieces they come in. */
export type ListDecoder = {
  /** @throws {CairnError} `invalid-input` with the offset of the byte that is not valid. */
  decode(bytes: Uint8Array): string;
  /** @throws {CairnError} `invalid-input`: cut off in the middle of a character. */
  end(): string;
};

/** An encoding that XML declares beyond this many bytes is not looked for. */
const DECLARATION_BYTES = 256;

/**
 * Decodes a list file: UTF-8; UTF-16 where a byte order mark or the first characters say so; else what the XML
 * declaration names. Nothing is replaced: bytes that are not valid in the encoding are an error with their offset,
 * since a name with a replaced letter would not be found.
 */
export function createListDecoder(): ListDecoder {
  let decoder: { readonly encoding: string; readonly text: InstanceType<typeof TextDecoder> } | null = null;
  let offset = 0;
  /** The last bytes before the current piece: a character may have begun in them. */
  let carried: Uint8Array = new Uint8Array(0);

  function choose(bytes: Uint8Array): { readonly encoding: string; readonly text: InstanceType<typeof TextDecoder> } {
    const encoding = encodingOf(bytes);
    try {
      return { encoding, text: new TextDecoder(encoding, { fatal: true }) };
    } catch (cause) {
      throw new CairnError('invalid-input', `the file declares the encoding "${encoding}", which is not known`, {
        cause,
      });
    }
  }

  function failed(bytes: Uint8Array, encoding: string, cause: unknown): CairnError {
    const joined = Buffer.concat([carried, bytes]);
    const at = encoding === 'utf-8' ? offset - carried.length + invalidUtf8At(joined) : offset;
    const where = encoding === 'utf-8' ? `at byte ${at}` : `after byte ${at}`;
    return new CairnError('invalid-input', `not valid ${encoding.toUpperCase()} ${where}`, {
      cause,
      hints: ['Encodings are mixed, or the file was damaged in copying. Fetch it again, or convert it whole to UTF-8.'],
    });
  }

  return {
    decode(bytes) {
      if (bytes.length === 0) return '';
      decoder ??= choose(bytes);
      try {
        const text = decoder.text.decode(bytes, { stream: true });
        offset += bytes.length;
        carried = Buffer.from(bytes.subarray(-3));
        return text;
      } catch (cause) {
        throw failed(bytes, decoder.encoding, cause);
      }
    },
    end() {
      if (decoder === null) return '';
      try {
        return decoder.text.decode();
      } catch (cause) {
        throw new CairnError('invalid-input', `cut off at byte ${offset}, in the middle of a character`, { cause });
      }
    },
  };
}

function encodingOf(bytes: Uint8Array): string {
  const [a, b, c, d] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0x3c && b === 0 && c !== 0 && d === 0)) return 'utf-16le';
  if ((a === 0xfe && b === 0xff) || (a === 0 && b === 0x3c && c === 0 && d !== 0)) return 'utf-16be';
  const head = Buffer.from(bytes.subarray(0, DECLARATION_BYTES)).toString('latin1');
  const declared = /^(?:\xEF\xBB\xBF)?<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/.exec(head)?.[1];
  if (declared !== undefined && /^utf-?(16|32)/i.test(declared)) {
    throw new CairnError('invalid-input', `the file declares the encoding "${declared}" but is not written in it`);
  }
  return (declared ?? 'utf-8').toLowerCase();
}

/** Where the first sequence starts that is not UTF-8 (RFC 3629). @returns the length where all is valid. */
function invalidUtf8At(bytes: Uint8Array): number {
  let at = 0;
  // What is carried may begin in the middle of a character.
  while (at < 3 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at += 1;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length === 0) return at;
    at += length;
  }
  return bytes.length;
}

/** 0: not a sequence. One that the end of the bytes cuts off is taken as whole. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] as number;
  if (lead < 0x80) return 1;
  const length = lead >= 0xc2 && lead <= 0xdf ? 2 : (lead & 0xf0) === 0xe0 ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
  const second = bytes[at + 1];
  if (length === 0 || second === undefined) return length;
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let i = 2; i < length && at + i < bytes.length; i += 1)
    if (((bytes[at + i] as number) & 0xc0) !== 0x80) return 0;
  return length;
}
