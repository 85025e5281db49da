import { K6_VERSION } from './version.ts';

/** File names of the k6 release for one operating system and processor. */
export interface K6Platform {
  /** The name of the platform, such as "linux-amd64". Part of the name of the cache folder. */
  id: string;
  archive: string;
  checksums: string;
  /** The path of the k6 binary inside the archive, with forward slashes. */
  member: string;
  binary: string;
}

const SYSTEMS: Partial<Record<NodeJS.Platform, { name: string; extension: string; binary: string }>> = {
  linux: { name: 'linux', extension: 'tar.gz', binary: 'k6' },
  darwin: { name: 'macos', extension: 'zip', binary: 'k6' },
  win32: { name: 'windows', extension: 'zip', binary: 'k6.exe' },
};
const PROCESSORS: Record<string, string> = { x64: 'amd64', arm64: 'arm64' };

/**
 * Returns the file names of the k6 release for a platform. Never throws: if k6 has no release for the platform, the
 * download fails, but a build with Go may still succeed.
 */
export function k6Platform(platform: NodeJS.Platform, arch: string): K6Platform {
  const system = SYSTEMS[platform] ?? { name: platform, extension: 'tar.gz', binary: 'k6' };
  const id = `${system.name}-${PROCESSORS[arch] ?? arch}`;
  const stem = `k6-v${K6_VERSION}-${id}`;
  return {
    id,
    archive: `${stem}.${system.extension}`,
    checksums: `k6-v${K6_VERSION}-checksums.txt`,
    member: `${stem}/${system.binary}`,
    binary: system.binary,
  };
}
