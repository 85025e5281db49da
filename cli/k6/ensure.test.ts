import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { temporaryFolder } from '../testing/environment.ts';
import {
  checksumLine,
  type FakeRelease,
  linkPrograms,
  PLATFORM,
  startFakeRelease,
  writeFakeK6,
} from '../testing/fake-release.ts';
import { problem } from '../testing/problem.ts';
import { type EnsureOptions, ensureK6 } from './ensure.ts';
import { cachedPath, findK6 } from './find.ts';

interface Host {
  env: NodeJS.ProcessEnv;
  folder: string;
  lines: string[];
  release: FakeRelease;
  /** Returns the sorted names of all files and folders in the cache. */
  cacheNames(): Promise<string[]>;
  ensure(options?: Partial<EnsureOptions>): ReturnType<typeof ensureK6>;
}

/** Simulates a machine with an empty cache, no k6, no Go, and a release server. */
async function host(t: TestContext): Promise<Host> {
  const folder = temporaryFolder(t);
  const release = await startFakeRelease(t);
  const lines: string[] = [];
  const env = {
    PATH: join(folder, 'bin'),
    XDG_CACHE_HOME: join(folder, 'cache'),
    K6_RELEASE_BASE_URL: release.url,
  };
  await mkdir(env.PATH);
  await linkPrograms(env.PATH, ['tar', 'gzip']);
  return {
    env,
    folder,
    lines,
    release,
    cacheNames: async () => (await readdir(join(env.XDG_CACHE_HOME, 'load-suite')).catch(() => [])).sort(),
    ensure: (options) =>
      ensureK6({
        env,
        log: (line) => lines.push(line),
        timeouts: { connectMs: 300, idleMs: 300 },
        build: () => Promise.reject(new Error('no Go in this test')),
        ...options,
      }),
  };
}

const CACHE_NAME = `k6-2.2.0-${PLATFORM.id}`;

test('ensureK6 downloads, verifies, unpacks and caches the k6 release, and uses the cached k6 later', async (t) => {
  const machine = await host(t);
  const path = cachedPath(machine.env, PLATFORM);
  assert.deepEqual(await machine.ensure(), { path, version: '2.2.0', source: 'download' });
  assert.deepEqual(machine.release.requests, [`/v2.2.0/${PLATFORM.checksums}`, `/v2.2.0/${PLATFORM.archive}`]);
  assert.deepEqual(await machine.cacheNames(), [CACHE_NAME]);
  assert.match(
    machine.lines.join('\n'),
    /^Downloading k6 2\.2\.0 from 127\.0\.0\.1:\d+ …\nDownloaded k6 2\.2\.0 \(0\.0 MB\)\.$/,
  );

  assert.deepEqual(await machine.ensure(), { path, version: '2.2.0', source: 'cache' });
  assert.equal(machine.release.requests.length, 2);
});

test('ensureK6 follows the redirect of a release download', async (t) => {
  const machine = await host(t);
  const { files, url } = machine.release;
  files.set('/elsewhere', machine.release.archive);
  files.set(PLATFORM.archive, (response) => response.writeHead(302, { location: `${url}/elsewhere` }).end());
  assert.equal((await machine.ensure()).source, 'download');
});

const REFUSED: [what: string, spoil: (release: FakeRelease) => void, reason: RegExp][] = [
  [
    'a tampered archive',
    ({ files, archive }) => files.set(PLATFORM.archive, Buffer.concat([archive, Buffer.from('x')])),
    /was refused, because it is not the released file \(SHA-256 [0-9a-f]{64}, expected [0-9a-f]{64}\)/,
  ],
  [
    'a release without checksums',
    ({ files }) => files.delete(PLATFORM.checksums),
    /returned HTTP 404 for .*checksums\.txt/,
  ],
  [
    'a checksums file without the archive',
    ({ files, archive }) => files.set(PLATFORM.checksums, checksumLine(archive, 'k6-other.tar.gz')),
    /checksums\.txt has no line for k6-v2\.2\.0-/,
  ],
  [
    'a release without the archive',
    ({ files }) => files.delete(PLATFORM.archive),
    /returned HTTP 404 for .*k6-v2\.2\.0-/,
  ],
  [
    'a truncated archive',
    ({ files, archive }) =>
      files.set(PLATFORM.archive, (response) => {
        response.writeHead(200, { 'content-length': archive.length });
        response.write(archive.subarray(0, archive.length / 2), () => response.destroy());
      }),
    /closed the connection/,
  ],
  [
    'a server that never responds',
    ({ files }) => files.set(PLATFORM.checksums, () => {}),
    /did not respond within 0\.3 s/,
  ],
  [
    'a server that stops sending halfway',
    ({ files, archive }) =>
      files.set(PLATFORM.archive, (response) => {
        response.writeHead(200, { 'content-length': archive.length });
        response.write(archive.subarray(0, archive.length / 2));
      }),
    /sent nothing for 0\.3 s/,
  ],
  [
    'an endless redirect',
    ({ files, url }) =>
      files.set(PLATFORM.archive, (response) =>
        response.writeHead(302, { location: `${url}/v2.2.0/${PLATFORM.archive}` }).end(),
      ),
    /redirects more than 5 times/,
  ],
  [
    'an invalid archive',
    ({ files }) => {
      const content = Buffer.from('not an archive');
      files.set(PLATFORM.archive, content).set(PLATFORM.checksums, checksumLine(content));
    },
    /the archive cannot be unpacked/,
  ],
];

for (const [what, spoil, reason] of REFUSED) {
  test(`ensureK6 refuses ${what}, removes the downloaded files, and then tries to build k6`, async (t) => {
    const machine = await host(t);
    spoil(machine.release);
    const unavailable = new RegExp(`${reason.source}[^]*build with Go: no Go in this test`);
    await assert.rejects(machine.ensure(), problem(unavailable, { code: 'K6_UNAVAILABLE' }));
    assert.deepEqual(await machine.cacheNames(), []);

    const built = await machine.ensure({ build: ({ draft }) => writeFakeK6(join(draft, 'k6')) });
    assert.equal(built.source, 'build');
    assert.equal(existsSync(built.path), true);
  });
}

test('if the release server refuses connections, the error of ensureK6 names the host of the server', async (t) => {
  const machine = await host(t);
  machine.env.K6_RELEASE_BASE_URL = 'http://127.0.0.1:1';
  await assert.rejects(machine.ensure(), /127\.0\.0\.1:1 refuses the connection/);
});

test('ensureK6 does not cache a binary that does not run', async (t) => {
  const machine = await host(t);
  machine.release.files.clear();
  await assert.rejects(
    machine.ensure({ build: ({ draft }) => writeFakeK6(join(draft, 'k6'), '1.0.0') }),
    /build with Go: the new k6 is k6 1\.0\.0, but >= 2\.2\.0 and < 3 is required/,
  );
  assert.deepEqual(await machine.cacheNames(), []);
});

test('ensureK6 skips a k6 of an unsupported version on PATH, and uses a k6 of a supported version', async (t) => {
  const machine = await host(t);
  const tools = machine.env.PATH;
  const [old, fit] = [join(machine.folder, 'old'), join(machine.folder, 'fit')];
  await writeFakeK6(join(old, 'k6'), '0.49.0');
  await writeFakeK6(join(fit, 'k6'), '2.7.1');
  machine.env.PATH = `${old}:${tools}:${fit}`;
  assert.deepEqual(await machine.ensure(), { path: join(fit, 'k6'), version: '2.7.1', source: 'PATH' });

  machine.env.PATH = `${old}:${tools}`;
  assert.equal((await machine.ensure()).source, 'download');
  const { tried } = await findK6({ env: machine.env });
  assert.deepEqual(tried, [
    { place: 'K6_BIN', outcome: 'is not set' },
    { place: `PATH: ${join(old, 'k6')}`, outcome: 'is k6 0.49.0, but >= 2.2.0 and < 3 is required' },
    { place: `cache: ${cachedPath(machine.env, PLATFORM)}`, outcome: 'is k6 2.2.0' },
  ]);
});

test('ensureK6 uses K6_BIN, and resolves a relative path from the working directory of the user', async (t) => {
  const machine = await host(t);
  const path = await writeFakeK6(join(machine.folder, 'tools', 'k6'));
  machine.env.K6_BIN = path;
  assert.deepEqual(await machine.ensure(), { path, version: '2.2.0', source: 'K6_BIN' });
  machine.env.K6_BIN = './tools/k6';
  machine.env.INIT_CWD = machine.folder;
  assert.equal((await machine.ensure()).path, path);
});

test('if K6_BIN is invalid, ensureK6 reports the value of K6_BIN and tries no other k6', async (t) => {
  const machine = await host(t);
  await writeFakeK6(join(machine.env.PATH as string, 'k6'));
  const old = await writeFakeK6(join(machine.folder, 'old-k6'), '1.4.0');
  const plain = join(machine.folder, 'plain');
  await writeFile(plain, 'x');
  await chmod(plain, 0o644);
  const talker = join(machine.folder, 'talker');
  await writeFile(talker, '#!/bin/sh\necho hello\n', { mode: 0o755 });
  const failing = join(machine.folder, 'failing');
  await writeFile(failing, '#!/bin/sh\necho no such file >&2\nexit 3\n', { mode: 0o755 });
  const wrong: [value: string, problem: string][] = [
    ['/nowhere/k6', 'does not exist'],
    [machine.folder, 'is not a file'],
    [plain, 'is not executable'],
    [old, 'is k6 1.4.0, but >= 2.2.0 and < 3 is required'],
    [talker, 'is not k6: "version" printed "hello"'],
    [failing, 'does not work: "version" exited with 3 and printed "no such file"'],
  ];
  for (const [value, problem] of wrong) {
    machine.env.K6_BIN = value;
    const { message } = (await machine.ensure().catch((error) => error)) as Error;
    assert.ok(message.startsWith(`K6_BIN=${value} ${problem}. K6_BIN must be the path of a k6 binary`), message);
    assert.deepEqual(await findK6({ env: machine.env }), {
      found: null,
      tried: [{ place: `K6_BIN=${value}`, outcome: problem }],
    });
  }
  assert.deepEqual(machine.release.requests, []);
});

test('ensureK6 replaces a broken binary in the cache', async (t) => {
  const machine = await host(t);
  const path = cachedPath(machine.env, PLATFORM);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, 'half a binary', { mode: 0o755 });
  assert.equal((await machine.ensure()).source, 'download');
  assert.equal((await machine.ensure()).source, 'cache');
});

test('ensureK6 rejects a cache folder that is not writable, and says how to fix it', async (t) => {
  const machine = await host(t);
  machine.env.XDG_CACHE_HOME = join(machine.folder, 'file');
  await writeFile(machine.env.XDG_CACHE_HOME, '');
  const message =
    /^Cannot write to the cache folder .*file\/load-suite: a part of the path is a file\. .*XDG_CACHE_HOME/;
  await assert.rejects(machine.ensure(), problem(message, { code: 'K6_UNAVAILABLE' }));
});

test('aborting ensureK6 leaves no incomplete files in the cache', async (t) => {
  const machine = await host(t);
  machine.release.files.set(PLATFORM.archive, (response) => {
    response.write(machine.release.archive.subarray(0, 20));
    setTimeout(() => abort.abort(new Error('stopped by the user')), 50);
  });
  const abort = new AbortController();
  await assert.rejects(machine.ensure({ signal: abort.signal }), /stopped by the user/);
  assert.deepEqual(await machine.cacheNames(), []);
});

test('ensureK6 removes incomplete files and the lock that a killed process left', async (t) => {
  const machine = await host(t);
  const { files, archive } = machine.release;
  files.set(PLATFORM.archive, (response) => {
    response.write(archive.subarray(0, 20));
    process.kill(victim.child.pid as number, 'SIGKILL');
  });
  const victim = inProcess(machine.env);
  await victim.done;
  assert.equal((await machine.cacheNames()).length, 2);

  files.set(PLATFORM.archive, archive);
  assert.equal((await machine.ensure()).source, 'download');
  assert.deepEqual(await machine.cacheNames(), [CACHE_NAME]);
});

test('two processes that need k6 at the same time download it once', async (t) => {
  const machine = await host(t);
  const { files, archive, requests } = machine.release;
  files.set(PLATFORM.archive, (response) => setTimeout(() => response.end(archive), 400));
  const outputs = await Promise.all([inProcess(machine.env).done, inProcess(machine.env).done]);
  assert.deepEqual(outputs.map(({ stdout }) => stdout.trim()).sort(), ['cache', 'download']);
  assert.match(outputs.map(({ stderr }) => stderr).join(''), /Waiting for another process that installs k6 2\.2\.0/);
  assert.equal(requests.length, 2);
});

/** Runs ensureK6 in a separate process, which prints the source of its k6. */
function inProcess(env: NodeJS.ProcessEnv) {
  const program = `
    import { ensureK6 } from ${JSON.stringify(new URL('./ensure.ts', import.meta.url).href)};
    const { source } = await ensureK6({ env: process.env, log: console.error });
    console.log(source);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    env,
  });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
    });
  }
  const done = new Promise<typeof text>((resolve) => child.on('close', () => resolve(text)));
  return { child, done };
}
