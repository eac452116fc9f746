import { z } from 'zod';
import { CairnError } from '../../errors.ts';

/** No user or password in it: these are secrets, and this is kept. */
const URL_FORM = /^https?:\/\/[^\s/?#@]+([/?#]\S*)?$/;

const name = z.string().regex(/^[\w.-]{1,60}$/, 'takes up to 60 letters, digits, dots, dashes and underscores');
const env = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "takes the name of an environment's variable");
const url = z.string().regex(URL_FORM, 'takes an http or https URL without user and password');
const address = z.string().regex(/^[^\s\p{Cc}<>()[\]"\\@,;:]+@[^\s\p{Cc}<>()"\\@,;]+$/u, 'takes a bare e-mail address');

const channel = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('console'), name }).readonly(),
  /** `secretEnv`: the environment's variable that holds `whsec_…`. */
  z.strictObject({ kind: z.literal('webhook'), name, url, secretEnv: env }).readonly(),
  /** The URL of an incoming webhook is itself a secret. */
  z.strictObject({ kind: z.literal('slack'), name, urlEnv: env }).readonly(),
  z
    .strictObject({
      kind: z.literal('email'),
      name,
      host: z.string().regex(/^[\w.:-]+$/, 'takes the name or address of a server'),
      port: z.int().min(1).max(65535),
      /** TLS from the first byte; else STARTTLS where the server offers it. */
      secure: z.boolean(),
      user: z.string().nullable(),
      passwordEnv: env.nullable(),
      from: address,
      to: z.array(address).min(1, 'takes at least one receiver').readonly(),
    })
    .refine(({ user, passwordEnv }) => (user === null) === (passwordEnv === null), {
      path: ['user'],
      message: 'takes a user and passwordEnv, or null for both',
    })
    .readonly(),
]);

/** Where alerts are told. Secrets are named, never kept. */
export type Channel = Readonly<z.infer<typeof channel>>;

/** Is it an http or https URL without user and password? */
export function isPostable(text: string): boolean {
  return URL_FORM.test(text);
}

/**
 * Reads a list of channels.
 * @throws {CairnError} `invalid-input`, naming the channel's place (from 0), the member and what it takes; `contradiction`: a name twice.
 */
export function parseChannels(json: unknown): readonly Channel[] {
  const read = z.array(channel).safeParse(json);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new CairnError('invalid-input', `the channels: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  const names = read.data.map((one) => one.name);
  const twice = names.find((one, i) => names.indexOf(one) !== i);
  if (twice === undefined) return read.data;
  throw new CairnError('contradiction', `two channels are called ${twice}`);
}
