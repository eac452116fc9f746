import { z } from 'zod';
import { CairnError } from '../../../errors.ts';
import { BITCOIN, type Chain, parseChain, TRON } from '../../../units/index.ts';
import { parseUrl } from '../http/http-client.ts';
import { createRedactor } from '../http/secrets.ts';

/** What can be asked, and how it is spoken to. */
export const SOURCE_KINDS = ['rpc', 'etherscan', 'blockscout', 'esplora', 'bitcoin-core', 'trongrid'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

const DEFAULT_URLS: Partial<Record<SourceKind, string>> = {
  etherscan: 'https://api.etherscan.io/v2/api',
  trongrid: 'https://api.trongrid.io',
};

const config = z
  .strictObject({
    name: z.string().regex(/^[\w.:[\]-]{1,80}$/),
    kind: z.enum(SOURCE_KINDS),
    /** CAIP-2; null: the source says (a node does). */
    chain: z.string().nullable(),
    /** `{NAME}` in it stands for the environment's variable NAME. */
    url: z.string(),
    /** The environment's variable that holds the key; null: no key, or it is in the URL. */
    keyEnv: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
      .nullable(),
    /** True: nobody else learns of a question, because the operator of the source is who asks. */
    own: z.boolean(),
    /** Requests in a second, and at a time; null: the default of the kind. */
    perSecond: z.number().positive().nullable(),
    concurrency: z.int().positive().nullable(),
  })
  .readonly();

/** A source as it is kept: without any key. */
export type SourceConfig = Readonly<z.infer<typeof config>>;

const book = z
  .strictObject({
    sources: z.array(config).readonly(),
    permission: z
      .strictObject({
        pap: z.enum(['red', 'amber', 'green', 'clear']),
        because: z.string(),
        by: z.string(),
        at: z.int().nonnegative(),
      })
      .readonly()
      .nullable(),
  })
  .readonly();

/** The sources of a case, and what its operator allows to be asked. */
export type SourceBook = Readonly<z.infer<typeof book>>;

export const NO_SOURCES: SourceBook = { sources: [], permission: null };

/** @throws invalid-input: not what Cairn wrote. */
export function parseSourceBook(json: unknown): SourceBook {
  const parsed = book.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CairnError('invalid-input', `the file of sources: ${issue?.path.join('.')}: ${issue?.message}`);
}

/** @throws invalid-input: the URL of a source that is to be kept has a key in it. */
export function assertNoKey({ url }: SourceConfig): void {
  const bare = url.replaceAll(/\{[A-Za-z_][A-Za-z0-9_]*\}/g, 'name');
  if (createRedactor(new URL(bare), [])(bare) === bare) return;
  throw new CairnError('invalid-input', 'the URL has what looks like a key in it, and keys are not kept', {
    hints: ['put the key into the environment and its name into the URL: https://host/v2/{MY_KEY}'],
  });
}

/** What is given of a source; the rest has defaults. */
export type GivenSource = {
  readonly kind: string;
  readonly name?: string | undefined;
  readonly chain?: string | undefined;
  readonly url?: string | undefined;
  readonly keyEnv?: string | undefined;
  readonly own?: boolean | undefined;
  readonly perSecond?: number | undefined;
  readonly concurrency?: number | undefined;
};

/** @throws invalid-input: an unknown kind, a URL that is none, a chain that is missing or not the kind's. */
export function sourceConfig(given: GivenSource, env: Environment): SourceConfig {
  const kind = SOURCE_KINDS.find((one) => one === given.kind);
  if (kind === undefined) {
    throw new CairnError('invalid-input', `no kind of source is called ${given.kind}`, {
      hints: [`known: ${SOURCE_KINDS.join(', ')}`],
    });
  }
  const url = given.url ?? DEFAULT_URLS[kind];
  if (url === undefined) throw new CairnError('invalid-input', `a source of the kind ${kind} needs a --url`);
  // The host is in messages, records and bundles; and who is asked must not change with the environment.
  if (/^[a-z]+:\/\/(?:[^/?#]*@)?[^/?#@]*\{/i.test(url)) {
    throw new CairnError(
      'invalid-input',
      "a {NAME} stands in the host's name of the URL: keys go into path, query, user or password",
    );
  }
  const { host } = parseUrl(expandUrl(url, env).url, 'the source');
  const made = config.safeParse({
    name: given.name ?? host,
    kind,
    chain: chainOf(kind, given.chain),
    url,
    keyEnv: given.keyEnv ?? null,
    own: given.own ?? isOwnNetwork(host),
    perSecond: given.perSecond ?? null,
    concurrency: given.concurrency ?? null,
  });
  if (made.success) return made.data;
  const [issue] = made.error.issues;
  throw new CairnError('invalid-input', `the source's ${issue?.path.join('.')}: ${issue?.message}`);
}

function chainOf(kind: SourceKind, given: string | undefined): Chain | null {
  const fixed = kind === 'trongrid' ? TRON : kind === 'esplora' || kind === 'bitcoin-core' ? BITCOIN : null;
  const chain = given === undefined ? fixed : parseChain(given);
  if (fixed !== null && chain !== fixed)
    throw new CairnError('invalid-input', `a source of the kind ${kind} is of ${fixed}`);
  if (chain === null && kind !== 'rpc') throw new CairnError('invalid-input', `name the chain of ${kind} with --chain`);
  return chain;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** @returns the URL with what the environment has for its `{NAME}`s, and those values. @throws invalid-input: not set. */
export function expandUrl(
  url: string,
  env: Environment,
): { readonly url: string; readonly secrets: readonly string[] } {
  const secrets: string[] = [];
  const expanded = url.replaceAll(/\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => {
    const value = fromEnvironment(name, env);
    secrets.push(value);
    return value;
  });
  return { url: expanded, secrets };
}

/** @throws invalid-input: not set. */
export function fromEnvironment(name: string, env: Environment): string {
  const value = env[name]?.trim();
  if (value !== undefined && value !== '') return value;
  throw new CairnError('invalid-input', `the environment has no ${name}`, {
    hints: ['keys are read from the environment only: export it before running the command'],
  });
}

/** Loopback and private addresses: nobody outside sees what is asked there. @see RFC 1918, RFC 4193, RFC 6890. */
export function isOwnNetwork(host: string): boolean {
  const name = host
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase();
  if (name === 'localhost' || name === '::1' || /^f[cd][0-9a-f]{2}:/.test(name)) return true;
  return /^(127|10)\.\d+\.\d+\.\d+$|^192\.168\.\d+\.\d+$|^172\.(1[6-9]|2\d|3[01])\.\d+\.\d+$/.test(name);
}
