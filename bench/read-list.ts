/** Reads a list file and keeps its parties; prints how many they are and the most memory it took, in bytes. For `screening.ts`. */
import { readListFiles } from '../core/src/screening/sources/read-list.ts';

const { parties } = await readListFiles(process.argv.slice(2));
console.log(JSON.stringify({ parties: parties.length, bytes: process.resourceUsage().maxRSS * 1024 }));
