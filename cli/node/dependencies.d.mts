export interface LockedPackage {
  version?: string;
  integrity?: string;
  os?: string | string[];
  cpu?: string | string[];
  dev?: boolean;
  optional?: boolean;
  devOptional?: boolean;
  peer?: boolean;
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
