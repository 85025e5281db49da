/** The SHA-256 (lower-case hex) that a release's checksums file states for `file`; null if it states none. */
export function findChecksum(checksums: string, file: string): string | null {
  for (const line of checksums.split('\n')) {
    const match = /^([0-9a-f]{64})\s+\*?(\S+)\s*$/i.exec(line);
    if (match?.[1] && match[2] === file) return match[1].toLowerCase();
  }
  return null;
}
