import { z } from 'zod';
import { CairnError } from '../../errors.ts';

const name = z.string().regex(/^[\w.-]{1,60}$/);
const env = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/);
const url = z.string().regex(/^https?:\/\/\S+$/);
const address = z.string().regex(/^[^\s<>@,;]+@[^\s<>@,;]+$/);

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
      host: z.string().regex(/^[\w.:[\]-]+$/),
      port: z.int().min(1).max(65535),
      /** TLS from the first byte; else STARTTLS where the server offers it. */
      secure: z.boolean(),
      user: z.string().nullable(),
      passwordEnv: env.nullable(),
      from: address,
      to: z.array(address).min(1).readonly(),
    })
    .readonly(),
]);

/** Where alerts are told. Secrets are named, never kept. */
export type Channel = Readonly<z.infer<typeof channel>>;

/** @throws invalid-input, naming the member. */
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
