import { CairnError } from '@cairn/core/errors';
import { createLabelIndex, type Label } from '@cairn/core/labels';
import { type Account, formatAccount, formatTime, parseAccount } from '@cairn/core/units';
import type { Command } from 'commander';
import { openDataDirectory, readLabelFile } from '../data/data-directory.ts';
import { afterChange } from '../screen/after-change.ts';
import { grouped } from '../terminal/progress.ts';
import { table } from '../terminal/table.ts';
import { act, verb } from './command.ts';

export function labelsCommand(): Command {
  const command = verb('labels', 'who accounts are said to be, and by whom: import label files, or look accounts up', [
    'cairn labels import my-labels.csv etherscan-labels.json huobi.yaml',
    'cairn labels 0xf056f435ba0cc4fcd2f1b17e3766549ffc404b94',
    'cairn labels --json eth:0xf056f435ba0cc4fcd2f1b17e3766549ffc404b94',
  ]).argument('<account-or-import...>', '`import FILE…`, or accounts');
  return act(command, async (context, _flags, [first, ...rest]) => {
    const { data, print } = context;
    const directory = openDataDirectory(data);
    if (first === 'import') {
      if (rest.length === 0) {
        throw new CairnError('invalid-input', 'no label file is named', { hints: ['cairn labels import FILE…'] });
      }
      const imports = rest.map((file) => ({ file, ...readLabelFile(file) }));
      const added = directory.addLabels(imports.flatMap(({ labels }) => labels));
      const rejects = imports.flatMap((one) => one.rejects);
      const lines = imports.map(
        (one) => `${one.file}: ${grouped(one.labels.length)} labels, ${one.rejects.length} rejected`,
      );
      const reasons = rejects
        .slice(0, 10)
        .map((r) => `  ${r.file}${r.line === null ? '' : `:${r.line}`}: ${r.entry}: ${r.reason}`);
      print([...lines, ...reasons, `${grouped(added)} labels are new.`].join('\n'), { added, rejects });
      if (added > 0) await afterChange(context, 'labels');
      return rejects.length > 0 ? 8 : 0;
    }
    const index = createLabelIndex(directory.labels());
    const accounts = [first as string, ...rest].map((text) => parseAccount(text));
    const found = accounts.map((account) => ({ account, labels: index.of(account), stop: index.stopAt(account) }));
    print(found.map(({ account, labels }) => showLabels(account, labels)).join('\n\n'), found);
    return 0;
  });
}

/** The first label decides. */
export function showLabels(account: Account, labels: readonly Label[]): string {
  if (labels.length === 0) return `${formatAccount(account)}\nNo label. That says nothing about the account.`;
  const rows = labels.map((l) => [
    l.name,
    l.category,
    l.source,
    String(l.confidence),
    l.labelledAt === null ? '' : formatTime(l.labelledAt),
  ]);
  return `${formatAccount(account)}\n${table(['said to be', 'category', 'by', 'confidence', 'as of'], rows, ['confidence'])}`;
}
