import { CairnError } from '@cairn/core/errors';
import { Command, CommanderError } from 'commander';
import { accountsCommand } from './commands/accounts.ts';
import { alertsCommand } from './commands/alerts.ts';
import { crossingsCommand } from './commands/crossings.ts';
import { decisionsCommand } from './commands/decisions.ts';
import { demoCommand } from './commands/demo.ts';
import { depositsCommand } from './commands/deposits.ts';
import { fetchCommand } from './commands/fetch.ts';
import { incidentsCommand } from './commands/incidents.ts';
import { ingestCommand } from './commands/ingest.ts';
import { initCommand } from './commands/init.ts';
import { labelsCommand } from './commands/labels.ts';
import { listsCommand } from './commands/lists.ts';
import { mixersCommand } from './commands/mixers.ts';
import { reportCommand } from './commands/report.ts';
import { screenCommand } from './commands/screen.ts';
import { sourcesCommand } from './commands/sources.ts';
import { traceCommand } from './commands/trace.ts';
import { txCommand } from './commands/tx.ts';
import { verifyCommand } from './commands/verify.ts';
import { watchCommand } from './commands/watch.ts';
import { writeJsonError } from './terminal/context.ts';
import { EXIT_CODES } from './terminal/exit-codes.ts';

// Whoever reads may stop reading: `cairn … | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const exitCodes = Object.entries(EXIT_CODES).map(([code, meaning]) => `  ${code.padStart(3)}  ${meaning}`);

const program = new Command('cairn')
  .description('Follow stolen crypto-assets, exact to the last base unit, in a form anyone can check.')
  .version('0.1.0')
  .option('--data <dir>', 'data directory (environment: CAIRN_DATA)', process.env['CAIRN_DATA'] ?? '.cairn')
  .option('--json', 'print the result as JSON')
  .addHelpText('after', `\nExit codes:\n${exitCodes.join('\n')}\n\nStart with: cairn demo`)
  .showHelpAfterError('(cairn --help shows the commands, cairn COMMAND --help their options)')
  .exitOverride();

for (const command of [
  initCommand,
  ingestCommand,
  fetchCommand,
  sourcesCommand,
  accountsCommand,
  labelsCommand,
  traceCommand,
  txCommand,
  crossingsCommand,
  verifyCommand,
  reportCommand,
  depositsCommand,
  mixersCommand,
  incidentsCommand,
  screenCommand,
  listsCommand,
  decisionsCommand,
  watchCommand,
  alertsCommand,
  demoCommand,
]) {
  program.addCommand(command().exitOverride());
}

// A program that asked for JSON gets its usage errors as JSON too, in place of the text.
const json = process.argv.includes('--json');
const all = [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)];
if (json) for (const command of all) command.configureOutput({ writeErr: () => {} });

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 2;
  if (json && process.exitCode === 2) writeJsonError(usageError(error));
}

function usageError({ code, message }: CommanderError): CairnError {
  const text = code === 'commander.help' ? 'no command is named' : message.replace(/^error: /, '');
  return new CairnError('invalid-input', text, { hints: ['cairn --help, cairn COMMAND --help'] });
}
