import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildCommand } from './build.ts';
import { describeBytes, findChecksum, releaseUrl, tarCommand } from './download.ts';
import { k6Platform } from './platform.ts';
import { type Output, startProgress } from './progress.ts';

test('k6Platform returns the file names of the k6 release', () => {
  const archives = [
    ['linux', 'x64'],
    ['linux', 'arm64'],
    ['darwin', 'arm64'],
    ['win32', 'x64'],
    ['freebsd', 'riscv64'],
  ].map(([platform, arch]) => k6Platform(platform as NodeJS.Platform, arch as string).archive);
  assert.deepEqual(archives, [
    'k6-v2.2.0-linux-amd64.tar.gz',
    'k6-v2.2.0-linux-arm64.tar.gz',
    'k6-v2.2.0-macos-arm64.zip',
    'k6-v2.2.0-windows-amd64.zip',
    'k6-v2.2.0-freebsd-riscv64.tar.gz',
  ]);
  assert.equal(k6Platform('win32', 'x64').member, 'k6-v2.2.0-windows-amd64/k6.exe');
});

test('releaseUrl returns the URL of the official release, or of the mirror in K6_RELEASE_BASE_URL', () => {
  assert.equal(releaseUrl({}), 'https://github.com/grafana/k6/releases/download/v2.2.0');
  assert.equal(releaseUrl({ K6_RELEASE_BASE_URL: 'http://mirror:8080/k6/' }), 'http://mirror:8080/k6/v2.2.0');
  assert.throws(
    () => releaseUrl({ K6_RELEASE_BASE_URL: 'mirror/k6' }),
    /K6_RELEASE_BASE_URL is "mirror\/k6", but it must be an http or https URL/,
  );
});

test('findChecksum only matches a line with exactly the given file name', () => {
  const [a, b] = ['a'.repeat(64), 'B'.repeat(64)];
  const text = `${a}  k6.tar.gz.sig\r\n${b} *k6.tar.gz\r\nnonsense k6.zip\n`;
  assert.equal(findChecksum(text, 'k6.tar.gz'), b.toLowerCase());
  assert.equal(findChecksum(text, 'k6.zip'), null);
  assert.equal(findChecksum('', 'k6.tar.gz'), null);
});

test('buildCommand builds the locked Go module of k6 without cgo, and ignores a Go workspace', () => {
  const { command, args, cwd, env } = buildCommand('/draft/k6', { GOFLAGS: '-p=1', GOTOOLCHAIN: 'local' });
  assert.equal(
    [command, ...args].join(' '),
    'go build -trimpath -ldflags=-s -w -mod=readonly -o /draft/k6 go.k6.io/k6/v2',
  );
  assert.match(cwd, /[/\\]k6$/);
  assert.deepEqual(env, { GOFLAGS: '-p=1', GOTOOLCHAIN: 'local', CGO_ENABLED: '0', GOWORK: 'off' });
});

test('describeBytes returns the downloaded size and, if the total is known, the total and the percentage', () => {
  assert.equal(describeBytes(12_340_000, 24_680_000), '12.3 of 24.7 MB (50 %)');
  assert.equal(describeBytes(12_340_000, null), '12.3 MB');
});

test('on Windows, tarCommand returns the tar of the system instead of another tar on PATH', () => {
  assert.equal(tarCommand('linux', {}), 'tar');
  assert.match(tarCommand('win32', { SystemRoot: 'D:\\Windows' }), /^D:\\Windows.System32.tar\.exe$/);
});

test('download progress rewrites one line on a terminal, and prints two plain lines otherwise', async () => {
  const record = (withTerminal: boolean) => {
    const written: string[] = [];
    const terminal = withTerminal ? { write: (text: string) => written.push(text) } : null;
    const output: Output = { log: (line) => written.push(`${line}\n`), terminal };
    return { written, output };
  };
  const plain = record(false);
  const onTerminal = record(true);
  for (const { output } of [plain, onTerminal]) {
    const progress = startProgress(output, 'start');
    progress.update('too early to repaint');
    await new Promise((resolve) => setTimeout(resolve, 250));
    progress.update('half');
    progress.end('done');
  }
  assert.deepEqual(plain.written, ['start\n', 'done\n']);
  assert.deepEqual(onTerminal.written, ['start', '\r\x1b[2Khalf', '\r\x1b[2K', 'done\n']);
});
