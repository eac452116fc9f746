import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Answers that cannot change any more, kept on disk. Whoever puts one in says that it is final: that every block it tells of
 * lies at or below the last one that the chain's rules call final.
 */
export type ReplyCache = {
  /** @param question - who is asked and what, without keys. Null: not kept, or damaged. */
  get(question: string): unknown;
  put(question: string, answer: unknown): void;
};

/** One file an answer, named by the question's SHA-256, with a checksum: a file that was cut or changed counts as missing. */
export function createReplyCache(directory: string): ReplyCache {
  const pathOf = (question: string): string => {
    const name = sha256(question);
    return join(directory, name.slice(0, 2), `${name}.json`);
  };
  let made = new Set<string>();
  return {
    get(question) {
      try {
        const kept = JSON.parse(readFileSync(pathOf(question), 'utf8')) as {
          question: string;
          sha256: string;
          answer: string;
        };
        if (kept.question !== question || kept.sha256 !== sha256(kept.answer)) return null;
        return JSON.parse(kept.answer);
      } catch {
        return null;
      }
    },
    put(question, value) {
      const path = pathOf(question);
      const answer = JSON.stringify(value);
      const draft = `${path}.${process.pid}.part`;
      try {
        const folder = dirname(path);
        if (!made.has(folder)) mkdirSync(folder, { recursive: true });
        made = made.add(folder);
        writeFileSync(draft, JSON.stringify({ question, sha256: sha256(answer), answer }));
        renameSync(draft, path);
      } catch {
        // A full disk slows the next run down; it does not stop this one.
      }
    },
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
