import type { Command } from 'commander';

/** Puts verbs under a verb: `cairn watch add`. Their usage errors are handled as those of `cairn` itself are. */
export function withVerbs(parent: Command, children: readonly Command[]): Command {
  for (const child of children) {
    if (process.argv.includes('--json')) child.configureOutput({ writeErr: () => {} });
    child.showHelpAfterError(`(cairn ${parent.name()} ${child.name()} --help shows its options, with examples)`);
    parent.addCommand(child.exitOverride());
  }
  return parent;
}
