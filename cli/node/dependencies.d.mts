export interface LockedPackage {
  version?: string;
  integrity?: string;
  license?: string;
  os?: string | string[];
  cpu?: string | string[];
  dev?: boolean;
  optional?: boolean;
  devOptional?: boolean;
  peer?: boolean;
  /** True for a workspace. The field `resolved` is then the folder of the workspace. */
  link?: boolean;
  resolved?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}
export interface Lockfile {
  packages: Record<string, LockedPackage>;
}
export function staleReason(
  wanted: Lockfile,
  installed: Lockfile | null,
  platform?: string,
  arch?: string,
): string | null;
export function neededBy(
  packages: Lockfile['packages'],
  from: string,
  options?: { dev?: boolean; omitted?: (place: string) => boolean },
): Set<string>;
export function missingWorkspaces(root: string): string[];
export function ensureWorkspaces(options: {
  root: string;
  node: string;
  env: NodeJS.ProcessEnv;
  log: (line: string) => void;
}): Promise<void>;
