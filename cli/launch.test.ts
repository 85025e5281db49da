import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheFolder, cacheProblem } from './node/cache.mjs';
import { createSignalFilter, exitCodeOf } from './node/child.mjs';
import { type LockedPackage, staleReason } from './node/dependencies.mjs';
import { withLock } from './node/lock.mjs';
import { chooseNode, MINIMUM_NODE } from './node/runtime.mjs';
import { temporaryFolder } from './testing/environment.ts';

const CLI = import.meta.dirname;

interface Repo {
  root: string;
  env: NodeJS.ProcessEnv;
  launch(args: string[], options?: { cwd?: string; env?: NodeJS.ProcessEnv }): Promise<Ended>;
}

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/**
 * Creates a repository with the launcher and one dependency. The dependency is a local file, so that npm needs no
 * network.
 */
async function repository(t: TestContext, scripts: Record<string, string> = {}): Promise<Repo> {
  const root = await mkdtemp(join(tmpdir(), 'suite-launch-'));
  t.after(() => rm(root, { recursive: true, force: true, maxRetries: 3 }));
  await mkdir(join(root, 'cli'));
  await cp(join(CLI, 'launch.mjs'), join(root, 'cli', 'launch.mjs'));
  await cp(join(CLI, 'node'), join(root, 'cli', 'node'), { recursive: true });
  await addPackage(root, '1.0.0');
  await writeFile(
    join(root, 'package.json'),
    JSON.stringify({ type: 'module', dependencies: { dep: 'file:dep.tgz' }, scripts }),
  );
  await writeFile(join(root, 'package-lock.json'), await lockfile(root));
  const env: NodeJS.ProcessEnv = { ...process.env, XDG_CACHE_HOME: join(root, 'cache') };
  // Remove the variables that npm sets when it runs the tests, because they would affect the launcher under test.
  delete env.INIT_CWD;
  delete env.NODE_OPTIONS;
  delete env.NODE_TEST_CONTEXT;
  return {
    root,
    env,
    launch: (args, options) =>
      ended(spawn(process.execPath, [join(root, 'cli', 'launch.mjs'), ...args], { env, ...options })),
  };
}

async function addPackage(root: string, version: string, name = 'dep'): Promise<void> {
  const folder = join(root, 'package');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name, version, main: 'index.js' }));
  await writeFile(join(folder, 'index.js'), `module.exports = ${JSON.stringify(version)};`);
  execFileSync('tar', ['-czf', `${name}.tgz`, 'package'], { cwd: root });
}

async function lockfile(root: string): Promise<string> {
  const packages = {
    '': { dependencies: { dep: 'file:dep.tgz' } },
    'node_modules/dep': await locked(root, 'dep'),
  };
  return JSON.stringify({ lockfileVersion: 3, requires: true, packages });
}

/** Returns the lockfile entry of the package that was added last. */
async function locked(root: string, name: string): Promise<LockedPackage> {
  const digest = createHash('sha512')
    .update(await readFile(join(root, `${name}.tgz`)))
    .digest('base64');
  const { version } = JSON.parse(await readFile(join(root, 'package', 'package.json'), 'utf8'));
  return { version, resolved: `file:${name}.tgz`, integrity: `sha512-${digest}` };
}

/** Adds a workspace `service`, which depends on a package `extra`. */
async function addWorkspace(root: string): Promise<void> {
  await addPackage(root, '1.0.0', 'extra');
  const service = { name: 'service', version: '0.1.0', dependencies: { extra: 'file:../extra.tgz' } };
  await mkdir(join(root, 'service'));
  await writeFile(join(root, 'service', 'package.json'), JSON.stringify(service));
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  await writeFile(join(root, 'package.json'), JSON.stringify({ ...manifest, workspaces: ['service'] }));
  const { packages, ...lock } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
  const more = {
    '': { ...packages[''], workspaces: ['service'] },
    'node_modules/extra': await locked(root, 'extra'),
    'node_modules/service': { resolved: 'service', link: true },
    service: { version: service.version, dependencies: service.dependencies },
  };
  await writeFile(join(root, 'package-lock.json'), JSON.stringify({ ...lock, packages: { ...packages, ...more } }));
}

async function ended(child: ChildProcess): Promise<Ended> {
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
    });
  }
  const [code] = await once(child, 'close');
  return { code, ...text };
}

test('the launcher runs a script of the repository with its arguments and exits with its code', async (t) => {
  const { root, launch } = await repository(t);
  await writeFile(
    join(root, 'show.ts'),
    `const seen: object = {
       args: process.argv.slice(2), cwd: process.cwd(), from: process.env.INIT_CWD, node: process.env.PATH?.split(':')[0],
       launched: process.env.LOAD_SUITE_LAUNCHED ?? null,
     };
     console.log(JSON.stringify(seen));
     process.exitCode = 99;`,
  );
  const first = await launch(['--exec', 'show.ts', 'run', '--rate=5', 'two words'], { cwd: tmpdir() });
  assert.match(first.stderr, /^Installing dependencies \(they are not installed yet\) …\n$/);
  assert.equal(first.code, 99);
  assert.deepEqual(JSON.parse(first.stdout), {
    args: ['run', '--rate=5', 'two words'],
    cwd: root,
    from: tmpdir(),
    node: dirname(process.execPath),
    launched: null,
  });

  const second = await launch(['--exec', 'show.ts']);
  assert.equal(second.stderr, '');
});

test('the launcher passes a command to cli/main.ts', async (t) => {
  const { root, launch } = await repository(t);
  await writeFile(join(root, 'cli', 'main.ts'), 'console.log(process.argv.slice(2).join());');
  assert.equal((await launch(['doctor', '--json'])).stdout, 'doctor,--json\n');
  assert.equal((await launch([])).stdout, '\n');
});

test('the launcher reports a missing script without a stack trace', async (t) => {
  const { root, launch } = await repository(t);
  assert.deepEqual(await launch(['--exec', 'no.ts']), {
    code: 2,
    stdout: '',
    stderr: `The script no.ts does not exist in ${root}.\n`,
  });
  assert.match((await launch(['--exec'])).stderr, /^--exec requires the path of a script/);
});

test('the launcher reinstalls dependencies if the lockfile has changed', async (t) => {
  const { root, launch } = await repository(t);
  await writeFile(join(root, 'show.ts'), `import dep from 'dep'; console.log(dep);`);
  assert.equal((await launch(['--exec', 'show.ts'])).stdout, '1.0.0\n');
  await addPackage(root, '2.0.0');
  await writeFile(join(root, 'package-lock.json'), await lockfile(root));
  const { stdout, stderr } = await launch(['--exec', 'show.ts']);
  assert.equal(stdout, '2.0.0\n');
  assert.equal(stderr, 'Installing dependencies (node_modules/dep has changed) …\n');
});

test('if two launchers start at the same time, the first installs dependencies and the second waits', async (t) => {
  const { root, launch } = await repository(t);
  await writeFile(join(root, 'show.ts'), `import dep from 'dep'; console.log(dep);`);
  const both = await Promise.all([launch(['--exec', 'show.ts']), launch(['--exec', 'show.ts'])]);
  assert.deepEqual(
    both.map(({ stdout }) => stdout),
    ['1.0.0\n', '1.0.0\n'],
  );
  const said = both.map(({ stderr }) => stderr).join('');
  assert.equal(said.split('Installing dependencies').length - 1, 1, said);
});

test("if npm fails to install dependencies, the launcher shows npm's errors and what to do", async (t) => {
  const { root, launch } = await repository(t);
  // Use a unique version, so that the npm cache of this machine cannot contain the package.
  await addPackage(root, `1.0.${Date.now()}`);
  await writeFile(join(root, 'package-lock.json'), await lockfile(root));
  await rm(join(root, 'dep.tgz'));
  const { code, stderr } = await launch(['--exec', 'cli/launch.mjs']);
  assert.equal(code, 2);
  assert.match(stderr, /Could not install the dependencies: npm ci in .* failed \(exit code \d+\)\.\n {2}npm error/);
  assert.match(stderr, /Check the network or the npm registry settings/);
  assert.doesNotMatch(stderr, /at .*launch\.mjs/);
});

test('if the cache folder is not writable, the launcher says how to fix it', async (t) => {
  const { root, env, launch } = await repository(t);
  const { code, stderr } = await launch(['--exec', 'cli/launch.mjs'], {
    env: { ...env, XDG_CACHE_HOME: join(root, 'package.json') },
  });
  assert.equal(code, 2);
  assert.equal(
    stderr,
    `Cannot write to the cache folder ${root}/package.json/load-suite: a part of the path is a file. ` +
      'Make it writable, or set XDG_CACHE_HOME to a folder that is.\n',
  );
});

/**
 * A script that logs every signal to a file. It exits with code 7, 0.9 s after the second SIGINT or 0.6 s after a
 * SIGTERM.
 */
const LISTENER = `
  import { appendFileSync } from 'node:fs';
  const say = (line: string) => appendFileSync('signals.log', line + '\\n');
  let interrupts = 0;
  process.on('SIGINT', () => { say('SIGINT'); if (++interrupts === 2) setTimeout(() => process.exit(7), 900); });
  process.on('SIGTERM', () => { say('SIGTERM'); setTimeout(() => process.exit(7), 600); });
  setTimeout(() => {}, 30_000);
  say('ready');
`;

async function logged(root: string, lines: number): Promise<string[]> {
  const path = join(root, 'signals.log');
  for (let waited = 0; waited < 15_000; waited += 50) {
    const seen = existsSync(path) ? (await readFile(path, 'utf8')).trim().split('\n') : [];
    if (seen.length >= lines) return seen;
    await sleep(50);
  }
  throw new Error(`signals.log did not reach ${lines} lines`);
}

// When bash is npm's shell, bash replaces itself with the launcher. npm therefore forwards signals to the launcher,
// which the terminal has already sent to it. When dash is npm's shell, dash keeps running between npm and the launcher,
// and ends on SIGTERM without forwarding the signal.
for (const shell of ['/bin/sh', '/bin/bash']) {
  const npmRun = async (t: TestContext) => {
    const { root, env, launch } = await repository(t, { listen: 'node cli/launch.mjs --exec listen.ts' });
    await writeFile(join(root, 'listen.ts'), LISTENER);
    await writeFile(join(root, 'nothing.ts'), '');
    await launch(['--exec', 'nothing.ts']);
    // Start a separate process group, so that the test can send a signal to the whole group, as a terminal does.
    const options = { cwd: root, env, detached: true, stdio: 'ignore' } as const;
    const npm = spawn('npm', [`--script-shell=${shell}`, 'run', 'listen'], options);
    await logged(root, 1);
    return { root, pid: npm.pid as number, done: once(npm, 'exit') };
  };

  test(`each Ctrl-C during npm run reaches the script exactly once (${shell})`, {
    skip: !existsSync(shell),
  }, async (t) => {
    const { root, pid, done } = await npmRun(t);
    process.kill(-pid, 'SIGINT');
    await logged(root, 2);
    await sleep(500);
    assert.deepEqual(await logged(root, 2), ['ready', 'SIGINT']);
    process.kill(-pid, 'SIGINT');
    await done;
    assert.deepEqual(await logged(root, 3), ['ready', 'SIGINT', 'SIGINT']);
  });

  for (const [target, sign] of [
    ['npm run', 1],
    ['the whole process group', -1],
  ] as const) {
    test(`SIGTERM to ${target} reaches the script exactly once (${shell})`, {
      skip: !existsSync(shell),
    }, async (t) => {
      const { root, pid, done } = await npmRun(t);
      process.kill(sign * pid, 'SIGTERM');
      await done;
      await logged(root, 2);
      await sleep(800);
      assert.deepEqual(await logged(root, 2), ['ready', 'SIGTERM']);
    });
  }
}

const ENDINGS: [what: string, end: (launcher: ChildProcess) => void, code: number | null][] = [
  ['the launcher forwards SIGTERM and exits with the code of the script', (launcher) => launcher.kill('SIGTERM'), 7],
  ['the script ends if the launcher is killed with SIGKILL', (launcher) => launcher.kill('SIGKILL'), null],
];

for (const [what, end, code] of ENDINGS) {
  test(what, async (t) => {
    const { root, env } = await repository(t);
    await writeFile(join(root, 'listen.ts'), LISTENER);
    const launcher = spawn(process.execPath, ['cli/launch.mjs', '--exec', 'listen.ts'], {
      cwd: root,
      env,
      stdio: 'ignore',
    });
    const done = once(launcher, 'exit');
    await logged(root, 1);
    end(launcher);
    assert.equal((await done)[0], code);
    assert.deepEqual(await logged(root, 2), ['ready', 'SIGTERM']);
  });
}

test('if a signal ends the script, the launcher exits with 128 plus the signal number', async (t) => {
  const { root, launch } = await repository(t);
  await writeFile(join(root, 'die.ts'), `process.kill(process.pid, 'SIGKILL'); setTimeout(() => {}, 5000);`);
  assert.equal((await launch(['--exec', 'die.ts'])).code, 137);
  assert.equal(exitCodeOf(null, 'SIGINT'), 130);
  assert.equal(exitCodeOf(0, null), 0);
});

test('the signal filter drops a signal that is repeated within the window, but not a different signal', () => {
  const isNew = createSignalFilter(250);
  const arrivals: [signal: NodeJS.Signals, atMs: number, passes: boolean][] = [
    ['SIGINT', 0, true],
    ['SIGINT', 3, false],
    ['SIGTERM', 4, true],
    ['SIGINT', 249, false],
    ['SIGINT', 300, true],
    ['SIGINT', 301, false],
  ];
  for (const [signal, atMs, passes] of arrivals) assert.equal(isNew(signal, atMs), passes, `${signal} at ${atMs}`);
});

test('chooseNode replaces an old Node if npm has a build for the platform, and throws otherwise', () => {
  const host = { platform: 'linux', arch: 'x64' };
  assert.deepEqual(chooseNode({ ...host, version: `${MINIMUM_NODE}.0.0` }), { own: true });
  assert.deepEqual(chooseNode({ ...host, version: '26.1.0', platform: 'sunos' }), { own: true });
  assert.deepEqual(chooseNode({ ...host, version: '20.20.2' }), { own: false, build: 'linux-x64' });
  assert.deepEqual(chooseNode({ ...host, version: '22.1.0', arch: 'arm64' }), {
    own: false,
    build: 'linux-arm64',
  });
  assert.throws(() => chooseNode({ version: '22.1.0', platform: 'darwin', arch: 'arm64' }), {
    message:
      'This is Node 22.1.0, but Node 24 or newer is required. Node cannot be installed automatically on darwin-arm64. ' +
      'Install Node 24 from https://nodejs.org (or: nvm install 24), then run the command again.',
  });
});

test('staleReason names the first package that differs from the lockfile', () => {
  const a = { version: '1.0.0', integrity: 'sha512-a' };
  const binary = { ...a, optional: true, os: ['linux'], cpu: ['x64'] };
  const dev = { ...a, dev: true };
  const cases: [
    wanted: Record<string, LockedPackage>,
    installed: Record<string, LockedPackage> | null,
    reason: string | null,
  ][] = [
    [{ a }, null, 'they are not installed yet'],
    [{ a }, { a }, null],
    [{ a }, {}, 'node_modules/a is missing'],
    [{ a }, { a: { ...a, version: '1.0.1' } }, 'node_modules/a has changed'],
    [{ a }, { a: { ...a, integrity: 'sha512-b' } }, 'node_modules/a has changed'],
    [{ a }, { a, b: a }, 'node_modules/b is no longer wanted'],
    [{ a, binary }, { a }, null],
    [{ a, binary }, { a, binary }, null],
    [{ binary: { ...binary, os: ['darwin'] } }, { binary }, 'node_modules/binary is for another platform'],
    [{ binary: { ...binary, cpu: ['!x64'] } }, { binary }, 'node_modules/binary is for another platform'],
    [{ binary: { ...binary, os: ['!win32'], cpu: 'any' } }, { binary }, null],
    [{ a, dev }, { a }, null],
    [{ a, dev, dev2: dev }, { a, dev }, 'node_modules/dev2 is missing'],
  ];
  for (const [wanted, installed, reason] of cases) {
    const named = (kept: (entry: LockedPackage) => boolean) =>
      Object.fromEntries(Object.entries(wanted).flatMap(([name, entry]) => (kept(entry) ? [[name, '*']] : [])));
    const root = {
      dependencies: named((entry) => !entry.dev),
      devDependencies: named((entry) => !!entry.dev),
    };
    const found = staleReason(
      { packages: { '': root, ...inModules(wanted) } },
      installed && { packages: inModules(installed) },
      'linux',
      'x64',
    );
    assert.equal(found, reason);
  }
});

test('staleReason ignores missing packages that only a workspace needs, unless the workspace is installed', () => {
  const a = { version: '1.0.0', integrity: 'sha512-a' };
  const root = inModules({
    client: { ...a, dependencies: { shared: '*' } },
    shared: a,
  });
  const peer = inModules({
    kubernetes: { ...a, dev: true, dependencies: { socks: '*' } },
    socks: a,
  });
  const rootDev = { ...peer, ...inModules({ lint: { ...a, dev: true } }) };
  const service = {
    'node_modules/service': { link: true, resolved: 'service' },
    service: { version: '0.1.0' },
    ...inModules({ server: { ...a, dependencies: { shared: '*', socks: '*' } } }),
    'service/node_modules/shared': { ...a, version: '2.0.0' },
  };
  const serviceDev = inModules({ types: { ...a, dev: true } });
  const wanted = {
    packages: {
      '': {
        dependencies: { client: '*' },
        peerDependencies: { kubernetes: '*' },
        devDependencies: { kubernetes: '*', lint: '*' },
      },
      ...root,
      ...rootDev,
      ...service,
      ...serviceDev,
      service: {
        version: '0.1.0',
        dependencies: { server: '*', shared: '*' },
        devDependencies: { types: '*' },
      },
    },
  };
  const without = (path: string, packages: Record<string, LockedPackage>) =>
    Object.fromEntries(Object.entries(packages).filter(([other]) => other !== path));
  const cases: [installed: Record<string, LockedPackage>, reason: string | null][] = [
    [{ ...root, ...rootDev, ...service, ...serviceDev }, null],
    [root, null],
    [{ ...root, ...rootDev }, null],
    [{ ...root, ...peer, ...service }, null],
    [{ ...root, ...peer }, null],
    [{ ...root, ...without('node_modules/socks', rootDev) }, 'node_modules/socks is missing'],
    [without('node_modules/shared', root), 'node_modules/shared is missing'],
    [{ ...root, ...peer, ...without('node_modules/server', service) }, 'node_modules/server is missing'],
    [
      { ...root, ...peer, ...without('service/node_modules/shared', service) },
      'service/node_modules/shared is missing',
    ],
    [{ ...root, ...rootDev, ...service }, 'node_modules/types is missing'],
    [{ ...root, ...inModules({ server: { ...a, version: '1.0.1' } }) }, 'node_modules/server has changed'],
  ];
  for (const [installed, reason] of cases) assert.equal(staleReason(wanted, { packages: installed }), reason);
});

const inModules = (packages: Record<string, LockedPackage>): Record<string, LockedPackage> =>
  Object.fromEntries(Object.entries(packages).map(([name, entry]) => [`node_modules/${name}`, entry]));

test('ensureWorkspaces installs a workspace that the installation omitted, and changes no other package', async (t) => {
  const { root, env, launch } = await repository(t);
  await addWorkspace(root);
  const npm = (...args: string[]) => execFileSync('npm', args, { cwd: root, env, stdio: 'pipe' });
  npm('ci', '--workspaces=false', '--omit=dev');
  const before = await stat(join(root, 'node_modules', 'dep', 'package.json'));
  await writeFile(
    join(root, 'needs.ts'),
    `import { ensureWorkspaces, missingWorkspaces } from './cli/node/dependencies.mjs';
     const { execPath: node, env } = process;
     console.log(JSON.stringify(missingWorkspaces('.')));
     await ensureWorkspaces({ root: '.', node, env, log: (line: string) => console.error(line) });
     console.log(JSON.stringify(missingWorkspaces('.')), (await import('extra')).default);`,
  );

  const added = await launch(['--exec', 'needs.ts']);
  assert.equal(added.stderr, 'Installing the dependencies of service (they are not installed yet) …\n');
  assert.equal(added.stdout, '["service"]\n[] 1.0.0\n');
  assert.equal((await stat(join(root, 'node_modules', 'dep', 'package.json'))).ino, before.ino);

  const again = await launch(['--exec', 'needs.ts']);
  assert.deepEqual(again, { code: 0, stdout: '[]\n[] 1.0.0\n', stderr: '' });
});

test('cacheFolder uses XDG_CACHE_HOME if it is absolute, and cacheProblem explains only errors in the cache', () => {
  assert.equal(cacheFolder({ XDG_CACHE_HOME: '/x' }, 'linux'), '/x/load-suite');
  assert.match(cacheFolder({ XDG_CACHE_HOME: 'x' }, 'linux'), /\/\.cache\/load-suite$/);
  assert.equal(cacheFolder({ LOCALAPPDATA: '/local' }, 'win32'), '/local/load-suite');
  assert.equal(
    cacheProblem(Object.assign(new Error('x'), { code: 'EACCES', path: '/elsewhere' }), '/x/load-suite'),
    null,
  );
  assert.match(
    cacheProblem(Object.assign(new Error('x'), { code: 'EROFS', path: '/x' }), '/x/load-suite') ?? '',
    /read-only/,
  );
});

test('withLock runs one task at a time, and releases the lock after an error or when the process ends', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'deep', 'x.lock');
  let inside = 0;
  let waits = 0;
  const work = async () => {
    assert.equal(++inside, 1);
    await sleep(30);
    inside--;
  };
  await Promise.all([1, 2, 3].map(() => withLock(path, () => waits++, work)));
  assert.equal(waits, 2);

  await assert.rejects(
    withLock(path, assert.fail, () => Promise.reject(new Error('no'))),
    /no/,
  );
  assert.equal(existsSync(path), false);

  const dead = spawn(process.execPath, ['-e', '0']);
  await once(dead, 'exit');
  const { hostname } = await import('node:os');
  await appendFile(path, JSON.stringify({ pid: dead.pid, host: hostname(), id: 'x' }));
  assert.equal(await withLock(path, assert.fail, async () => 'mine'), 'mine');
});
