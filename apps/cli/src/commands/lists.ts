import type { Command } from 'commander';
import { type DiffFlags, diffVersions } from '../screen/lists-diff.ts';
import { showHeld } from '../screen/lists-held.ts';
import { type ImportFlags, importLists } from '../screen/lists-import.ts';
import { type AsOfFlags, exportList, showParty } from '../screen/lists-party.ts';
import { type UpdateFlags, updateLists } from '../screen/lists-update.ts';
import { act, verb, withVerbs } from './command.ts';

export function listsCommand(): Command {
  const command = verb(
    'lists',
    'sanctions lists: which versions are held and how old they are; fetch, import, compare',
    [
      'cairn lists',
      'cairn lists update',
      'cairn lists import sdn_advanced.xml consolidated.xml',
      'cairn lists diff --list un-sc',
      'cairn lists show ofac-sdn:27307',
    ],
  );
  act(command, (context) => showHeld(context));
  return withVerbs(command, [update(), importFile(), diff(), show(), exportOne()]);
}

function update(): Command {
  const command = verb(
    'update',
    'fetch the newest versions from their publishers; what cannot be had leaves what is held',
    [
      'cairn lists update',
      'cairn lists update ofac-sdn un-sc',
      'cairn lists update un-sc --from http://127.0.0.1:8080/consolidated.xml',
    ],
  )
    .argument('[lists...]', 'ofac-sdn, un-sc, eu-fsf, uk-sanctions (default: these four); opensanctions (by name only)')
    .option('--from <url>', 'another address for the one list named (https, or http on this machine)')
    .option('--timeout <seconds>', 'how long one download may take (default: 900)');
  return act<UpdateFlags>(command, updateLists);
}

function importFile(): Command {
  const command = verb('import', 'add list files as versions; plain, .gz, .bz2, .zst or .zip', [
    'cairn lists import sdn_advanced.xml.bz2',
    'cairn lists import sdn.csv add.csv alt.csv sdn_comments.csv --issued-on 2025-02-14',
    'cairn lists import house-list.jsonl',
    'cairn lists import consolidated.xml --accept-shrunken "the Council ended regime X on 2026-03-01"',
  ])
    .argument('<files...>', 'list files; CSV files of one folder are taken as the parts of one OFAC list')
    .option('--format <name>', 'the format, where it cannot be told from the content')
    .option('--list <id>', 'the list it must be of')
    .option('--issued-on <date>', 'the date of issue, for files that do not say theirs')
    .option('--accept-shrunken <reason>', 'take it although it holds far less than before; the reason is recorded');
  return act<ImportFlags>(command, importLists);
}

function diff(): Command {
  const command = verb('diff', 'who was added, removed and changed from one version of a list to another', [
    'cairn lists diff --list un-sc',
    'cairn lists diff 2015-03-27 2026-02-27 --list un-sc',
    'cairn lists diff --json | jq .added',
  ])
    .argument(
      '[versions...]',
      'two versions, the older first: ids as `cairn lists` shows them, or dates (default: the last two)',
    )
    .option('--list <id>', 'the list (default: the only one of which two versions are held)');
  return act<DiffFlags>(command, diffVersions);
}

function show(): Command {
  const command = verb('show', 'everything the lists say about one party', [
    'cairn lists show ofac-sdn:27307',
    'cairn lists show KPe.031 --as-of 2026-03-01',
  ])
    .argument('<party>', 'the party’s id (list:number), or the publisher’s reference')
    .option('--as-of <date>', 'as the lists stood on that day (default: today)');
  return act<AsOfFlags>(command, (context, flags, [party = '']) => showParty(context, flags, party));
}

function exportOne(): Command {
  const command = verb('export', 'print a list in Cairn’s own format, which can be edited and imported again', [
    'cairn lists export un-sc > un.jsonl',
    'cairn lists export ofac-sdn --as-of 2024-09-01 > ofac.jsonl',
  ])
    .argument('<list>', 'the list’s id')
    .option('--as-of <date>', 'the version in force on that day (default: today)');
  return act<AsOfFlags>(command, (context, flags, [list = '']) => exportList(context, flags, list));
}
