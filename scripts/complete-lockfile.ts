/**
 * Adds to package-lock.json the optional packages built for other platforms that the registry of the machine which ran
 * `npm install` did not offer. Without their entries `npm ci` refuses the lockfile, on every machine.
 *
 *   node scripts/complete-lockfile.ts           completes the lockfile
 *   node scripts/complete-lockfile.ts --check   only says what is missing; exit code 1 if anything is
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { completeLockfile, foreignUrls, type Lockfile } from './lockfile.ts';

const LOCKFILE = new URL('../package-lock.json', import.meta.url);

function main(isCheck: boolean): void {
  const lockfile = JSON.parse(readFileSync(LOCKFILE, 'utf8')) as Lockfile;
  const urls = foreignUrls(lockfile);
  for (const url of urls) console.error(`package-lock.json: not the public registry: ${url}`);
  const { completed, added } = completeLockfile(lockfile);
  if (added.length > 0 && !isCheck) writeFileSync(LOCKFILE, `${JSON.stringify(completed, null, 2)}\n`);
  for (const path of added) console.error(`package-lock.json: ${isCheck ? 'lacks' : 'added'} ${path}`);
  if (urls.length > 0 || (isCheck && added.length > 0)) {
    console.error('package-lock.json: run `npm run lock`');
    process.exitCode = 1;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main(process.argv.includes('--check'));
