export { createDeliverer, type Deliverer, type DeliveryOptions } from './deliver.ts';
export { type Appended, type Journal, type JournalCheck, openJournal } from './journal.ts';
export { type AddedVersion, type ListStore, openListStore, type VersionMeta, writeVersion } from './list-store.ts';
export { type DownloadFolder, openDownloadFolder } from './list-store-downloads.ts';
export { type ListSource, readListSources, recordListSource } from './list-store-sources.ts';
