/** The version to download or build if no acceptable k6 is found. */
export const K6_VERSION = '2.2.0';

/** The accepted versions of k6, as shown to the user. `isAcceptable` implements the rule. */
export const K6_RANGE = '>= 2.2.0 and < 3';

export interface K6Version {
  major: number;
  minor: number;
  patch: number;
  /** The pre-release part, such as "rc1" of 2.2.0-rc1; empty for a release. */
  prerelease: string;
  /** The full version, such as 2.2.0-rc1. */
  text: string;
}

const VERSION_LINE = /^k6(?:\.exe)? v?(\d+)\.(\d+)\.(\d+)(?:-([\w.-]+))?(?=[\s+(]|$)/m;

/**
 * Parses the output of `k6 version`, such as "k6 v2.2.0 (go1.26.8, linux/amd64)". Returns null if the output has no
 * such line.
 */
export function parseK6Version(output: string): K6Version | null {
  const match = VERSION_LINE.exec(output);
  if (!match) return null;
  const [, major, minor, patch, prerelease = ''] = match;
  const text = `${major}.${minor}.${patch}${prerelease && `-${prerelease}`}`;
  return { major: Number(major), minor: Number(minor), patch: Number(patch), prerelease, text };
}

export function isAcceptable({ major, minor, patch, prerelease }: K6Version): boolean {
  const precedes220 = minor < 2 || (minor === 2 && patch === 0 && prerelease !== '');
  return major === 2 && !precedes220;
}
