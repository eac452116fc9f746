import { Command, Option } from 'commander';
import { type Context, type GlobalFlags, runCommand } from '../terminal/context.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';

/** A verb of `cairn`. --data and --json may stand before or after it. */
export function verb(name: string, description: string, examples: readonly string[]): Command {
  return new Command(name)
    .description(description)
    .option('--data <dir>', 'data directory (environment: CAIRN_DATA; default .cairn)')
    .option('--json', 'print the result as JSON')
    .showHelpAfterError(`(cairn ${name} --help shows its options, with examples)`)
    .addHelpText('after', `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}`);
}

/** Puts verbs under a verb: `cairn watch add`. Their usage errors are handled as those of `cairn` itself are. */
export function withVerbs(parent: Command, children: readonly Command[]): Command {
  for (const child of children) {
    if (process.argv.includes('--json')) child.configureOutput({ writeErr: () => {} });
    child.showHelpAfterError(`(cairn ${parent.name()} ${child.name()} --help shows its options, with examples)`);
    parent.addCommand(child.exitOverride());
  }
  return parent;
}

/** Runs what a verb does, with the options of the verb and of `cairn` together. */
export function act<Flags>(
  command: Command,
  run: (context: Context, flags: Flags, args: readonly string[]) => Promise<ExitCode>,
): Command {
  return command.action(async (...given: unknown[]) => {
    const self = given.at(-1) as Command;
    const flags = self.optsWithGlobals<Flags & GlobalFlags>();
    await runCommand(flags, (context) => run(context, flags, self.args));
  });
}

/**
 * An option that may be given several times.
 * @param absent - what holds where it is not given, in the words of the help.
 */
export function repeatable(flags: string, description: string, absent = 'none'): Option {
  return new Option(flags, `${description} (repeatable)`)
    .argParser<string[]>((value, before) => [...before, value])
    .default([], absent);
}
