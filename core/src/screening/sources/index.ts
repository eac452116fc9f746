export { type Download, type DownloadOptions, downloadList, type Validators } from './download-list.ts';
export { type ListReadProgress, type ReadList, type ReadListOptions, readListFiles } from './read-list.ts';
