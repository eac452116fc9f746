import { openDataDirectory } from '../data/data-directory.ts';
import type { Context } from '../terminal/context.ts';
import { createAssetBook } from '../trace/assets.ts';
import { secondsNow } from './journal-open.ts';
import { openScreener, SCREEN_NOW } from './open-screener.ts';
import { showAccount } from './show-account.ts';
import { showName } from './show-name.ts';
import { nameQuery } from './subject.ts';

/** A listed account, one that differs from it by a character, one three hops from the Bybit theft; and a name. */
const ACCOUNTS = [
  '0x098B716B8Aaf21512996dC57EB0615e2383E2f96',
  '0x098b716b8aaf21512996dc57eb0615e2383e2f97',
  '0x723a7084028421994d4a7829108d63ab44658315',
];
const NAME = '박진혁';

/** Screens a few subjects against what ships and the ledger that the demo has made. */
export async function demoScreening(context: Context): Promise<{ readonly text: string; readonly value: object }> {
  const book = createAssetBook(openDataDirectory(context.data).assets());
  const screener = await openScreener(context, { ...SCREEN_NOW, now: secondsNow() });
  try {
    const accounts = [];
    for (const account of ACCOUNTS) accounts.push(await screener.account(account));
    const name = await screener.name(nameQuery(NAME, {}));
    const rule = `\n${'·'.repeat(80)}\n`;
    const texts = [...accounts.map((answer) => showAccount(answer, book)), showName(name)];
    return { text: `━━ Screening: who are we dealing with\n\n${texts.join(rule)}`, value: { accounts, name } };
  } finally {
    await screener.close();
  }
}
