export { readJsonFile, readRegistry } from './read-registry.ts';
