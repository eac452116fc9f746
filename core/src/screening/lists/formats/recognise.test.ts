import { expect, test } from 'vitest';
import { legacyRole, recogniseFormat } from './recognise.ts';

test.each([
  [
    '<?xml version="1.0"?>\n<Sanctions xmlns="https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/ADVANCED_XML">',
    'ofac-advanced-xml',
  ],
  [
    '\uFEFF<?xml version="1.0"?><!-- <export> --><CONSOLIDATED_LIST dateGenerated="2026-02-27T00:00:09.554Z">',
    'un-xml',
  ],
  ['<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="2025-01-01">', 'eu-fsf-xml'],
  ['<Designations><DateGenerated>', 'uk-xml'],
  ['{"id":"Q1","caption":"x","schema":"Person","properties":{"name":["x"]}}\n', 'opensanctions-ftm'],
  ['{"cairn-list":1,"list":"custom:house","issuedOn":"2026-11-20"}\n', 'cairn-list'],
  ['36,"AEROCARIBBEAN AIRLINES",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \n', 'ofac-legacy-csv'],
])('recognised by content: %s', (head, format) => {
  expect(recogniseFormat(head, 'download')).toBe(format);
});

test.each([
  ['36,"A, B",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ', 'x.csv', 'sdn'],
  ['36,25,-0- ,"Havana","Cuba",-0- ', 'x.csv', 'add'],
  ['36,12,"aka","AERO-CARIBBEAN",-0- ', 'x.csv', 'alt'],
  ['36,"alt. Digital Currency Address - XBT 1x"', 'x.csv', 'comments'],
  ['36,"one","two","three"', '2021-sdn_comments.csv', 'comments'],
  ['36,12,"aka","AERO-CARIBBEAN",-0- ', 'ALT.CSV', 'alt'],
  ['ent_num,name', 'sdn.csv', null],
  ['36,"one","two"', 'x.csv', null],
])('one of the four CSV files: %s in %s', (head, name, role) => {
  expect(legacyRole(`${head}\r\n`, name)).toBe(role);
});
