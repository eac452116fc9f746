import { Command, CommanderError } from 'commander';
import { accountsCommand } from './commands/accounts.ts';
import { demoCommand } from './commands/demo.ts';
import { ingestCommand } from './commands/ingest.ts';
import { initCommand } from './commands/init.ts';
import { labelsCommand } from './commands/labels.ts';
import { reportCommand } from './commands/report.ts';
import { traceCommand } from './commands/trace.ts';
import { verifyCommand } from './commands/verify.ts';
import { EXIT_CODES } from './terminal/exit-codes.ts';

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
  accountsCommand,
  labelsCommand,
  traceCommand,
  verifyCommand,
  reportCommand,
  demoCommand,
]) {
  program.addCommand(command().exitOverride());
}

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}
