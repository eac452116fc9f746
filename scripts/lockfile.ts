/** The parts of npm's lockfile (version 3) that are read or written here. */
export type Lockfile = { readonly packages: Readonly<Record<string, LockedPackage>> };

export type LockedPackage = {
  readonly version?: string;
  readonly resolved?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};

const PUBLIC_REGISTRY = 'https://registry.npmjs.org/';

/** Words in the names of platform packages, and Node's word for them (`process.platform`, `process.arch`). */
const SYSTEMS: Readonly<Record<string, string>> = {
  aix: 'aix',
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  linux: 'linux',
  netbsd: 'netbsd',
  openbsd: 'openbsd',
  openharmony: 'openharmony',
  sunos: 'sunos',
  win32: 'win32',
};
const PROCESSORS: Readonly<Record<string, string>> = {
  amd64: 'x64',
  arm: 'arm',
  arm64: 'arm64',
  ia32: 'ia32',
  loong64: 'loong64',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
  x64: 'x64',
};
const C_LIBRARIES: Readonly<Record<string, string>> = { gnu: 'glibc', musl: 'musl' };

/**
 * The lockfile with an entry for every optional dependency that its packages name, and the paths that were added.
 * What is there stays as it is.
 * @throws {Error} an optional package is missing whose version is not exact or whose name does not say its platform.
 */
export function completeLockfile(lockfile: Lockfile): { completed: Lockfile; added: readonly string[] } {
  const packages = new Map(Object.entries(lockfile.packages));
  const added: string[] = [];
  for (const [path, parent] of Object.entries(lockfile.packages)) {
    for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
      if (isLocked(packages, path, name)) continue;
      packages.set(`node_modules/${name}`, platformPackage(name, version, parent));
      added.push(`node_modules/${name}`);
    }
  }
  // npm sorts packages by this order, so a later `npm install` changes nothing else.
  const sorted = [...packages].sort(([a], [b]) => a.localeCompare(b, 'en'));
  return { completed: { ...lockfile, packages: Object.fromEntries(sorted) }, added: added.sort() };
}

/** Addresses in the lockfile that are not the public registry's: they would not be there on another machine. */
export function foreignUrls(lockfile: Lockfile): readonly string[] {
  return Object.values(lockfile.packages)
    .map((entry) => entry.resolved ?? '')
    .filter((url) => /^[a-z+]+:/.test(url) && !url.startsWith(PUBLIC_REGISTRY));
}

/** Whether a package is found from a folder, by Node's way of looking: there, then in every folder above. */
function isLocked(packages: ReadonlyMap<string, LockedPackage>, from: string, name: string): boolean {
  if (packages.has(from === '' ? `node_modules/${name}` : `${from}/node_modules/${name}`)) return true;
  if (from === '') return false;
  const above = from.lastIndexOf('/node_modules/');
  return isLocked(packages, above < 0 ? '' : from.slice(0, above), name);
}

function platformPackage(name: string, version: string, parent: LockedPackage): LockedPackage {
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) throw new Error(`${name}: version '${version}' is not exact`);
  const words = name.slice(name.lastIndexOf('/') + 1).split('-');
  const os = words.map((word) => SYSTEMS[word]).find((word) => word !== undefined);
  const cpu = words.map((word) => PROCESSORS[word]).find((word) => word !== undefined);
  const libc = words.map((word) => C_LIBRARIES[word]).find((word) => word !== undefined);
  if (os === undefined || cpu === undefined) throw new Error(`${name}: its name does not say for which platform it is`);
  return {
    version,
    cpu: [cpu],
    ...(parent.dev === true ? { dev: true } : {}),
    ...(libc !== undefined && os === 'linux' ? { libc: [libc] } : {}),
    optional: true,
    os: [os],
  };
}
