import { createTransport } from 'nodemailer';
import type { Channel } from '../deliver/channel.ts';
import { type AlertMessage, emailParts } from '../deliver/message.ts';
import { NOTHING_SENT, type Outcome, TOLD, type Waits } from './deliver-post.ts';

export type Mail = {
  readonly channel: Extract<Channel, { kind: 'email' }>;
  readonly to: string;
  /** null: the server asks for none. */
  readonly password: string | null;
  readonly message: AlertMessage;
  /** An earlier attempt may have arrived. */
  readonly repeat: boolean;
  /** The same for every attempt: a mail that arrives twice can be told from two alerts. */
  readonly messageId: string;
};

/** A server on this machine: what is sent there passes no wire. */
const HERE = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;
/** What nodemailer calls trouble that comes before the text of a mail is sent. */
const BEFORE_TEXT = ['EDNS', 'ETLS', 'EAUTH', 'EENVELOPE'];

/** What a whole mail may take, in times of one answer: below what another process waits for the lock (50 s of 60). */
const WHOLE = 5;

/**
 * Sends one mail to one receiver by SMTP, once. A password goes over TLS only, but for a server on this machine.
 * @param waits - its timeout is what the server may be silent for; a mail as a whole may take five times that.
 */
export async function sendMail(mail: Mail, waits: Pick<Waits, 'timeout' | 'signal'>): Promise<Outcome> {
  const { channel, to, password, message, repeat, messageId } = mail;
  const { host, port, secure, user, from } = channel;
  const { timeout, signal: stop } = waits;
  const signal = AbortSignal.any([AbortSignal.timeout(timeout * WHOLE), ...(stop === undefined ? [] : [stop])]);
  const transport = createTransport({
    ...{ host, port, secure, requireTLS: password !== null && !HERE.test(host) },
    ...(user === null || password === null ? {} : { auth: { user, pass: password } }),
    ...{ dnsTimeout: timeout, connectionTimeout: timeout, greetingTimeout: timeout, socketTimeout: timeout },
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
  try {
    await transport.sendMail({ from, to, ...emailParts(message, repeat), messageId, signal });
    return TOLD;
  } catch (error) {
    const where = `${host}:${port}`;
    if (!signal.aborted) return judge(where, error as Trouble);
    // How far it had come is not known.
    const why = stop?.aborted ? 'had not answered when Cairn was stopped' : 'did not end in time';
    return { reason: `${where} ${why}`, mayHaveArrived: true, isDown: true };
  } finally {
    transport.close();
  }
}

type Trouble = { readonly code?: string; readonly originalCode?: string; readonly responseCode?: number };

/** The error's message is left out: it may repeat what was sent. */
function judge(where: string, { code, originalCode, responseCode }: Trouble): Outcome {
  if (responseCode !== undefined) {
    // A login that is refused, or a server that is busy (4xx), is so for every mail.
    const isDown = code === 'EAUTH' || responseCode < 500;
    return { reason: `${where} answered with status ${responseCode}`, mayHaveArrived: false, isDown };
  }
  const trouble = originalCode ?? code ?? 'it failed';
  const isSent = !BEFORE_TEXT.includes(code ?? '') && !NOTHING_SENT.test(trouble);
  return { reason: `${where}: ${trouble}`, mayHaveArrived: isSent, isDown: true };
}
