import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { type Lockfile, neededBy } from '../cli/node/dependencies.mjs';
import { runsIn } from '../cli/results/find.ts';
import { GIT_ENV } from '../cli/testing/history.ts';
import { Checkout } from './checkout.ts';
import { assertRefused, assertVerdict, ROOT, Sandbox } from './sandbox.ts';
import { startTarget } from './target.ts';

const deployment = new Sandbox({ outlivesTests: true });
const sandbox = new Sandbox();
const checkout = new Checkout(sandbox);
/** Replaces npm with a script that fails, so that a test notices any attempt to install packages. */
const npm = path.join(sandbox.subfolder('npm'), 'npm-cli.js');
const options = { root: checkout.root, launcher: true, env: { npm_execpath: npm } };

/**
 * Copies the packages that `npm ci --workspaces=false --omit=dev` installs, and the record that npm keeps of installed
 * packages.
 */
function installForProduction(root: string): void {
  const { packages, ...lock }: Lockfile = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8'));
  const { dependencies = {} } = packages[''] ?? {};
  const places = [...neededBy({ ...packages, '': { dependencies } }, '')].filter((place) =>
    existsSync(path.join(ROOT, place)),
  );
  const modules = path.join(root, 'node_modules');
  unlinkSync(modules);
  for (const place of places) cpSync(path.join(ROOT, place), path.join(root, place), { recursive: true });
  const installed = {
    ...lock,
    packages: Object.fromEntries(places.map((place) => [place, packages[place]])),
  };
  writeFileSync(path.join(modules, '.package-lock.json'), JSON.stringify(installed));
}

before(() => {
  installForProduction(checkout.root);
  writeFileSync(npm, "console.error('npm error npm was called:', process.argv.slice(2).join(' ')); process.exit(1);");
});

test('after a production install, tests run against API_URL and reports can be created', async (t) => {
  const target = await startTarget(deployment);
  t.after(() => target.stop());
  const results = sandbox.subfolder('results');
  for (const _ of [1, 2]) {
    const run = await sandbox.run(['smoke'], {
      ...options,
      results,
      env: { ...options.env, API_URL: target.url },
    });
    assertVerdict(run, 0, 'GO');
  }

  const { PATH: _path, HOME: _home, ...gitEnv } = GIT_ENV;
  const clone = sandbox.subfolder('clone');
  assert.equal((await sandbox.spawn('git', ['init', '--quiet', clone]).exit).code, 0);
  const [a = '', b = ''] = (await runsIn(results)).map(({ folder }) => folder);
  const commands: [code: number, ...args: string[]][] = [
    [0, 'list'],
    [0, 'report', a],
    // Expect exit code 3, because two short runs are too few to prove a difference.
    [3, 'compare', a, b],
    [0, 'compare', '--help'],
    [0, 'history', 'append', a, '--repository', clone],
    [0, 'history', '--repository', clone],
  ];
  for (const [code, ...args] of commands) {
    const exit = await sandbox.runCommand(args, { ...options, env: { ...gitEnv, ...options.env } });
    assert.equal(exit.code, code, `${args.join(' ')}: ${exit.stderr}`);
    assert.notEqual(exit.stdout, '');
    assert.doesNotMatch(exit.stderr, /npm/);
  }
  const doctor = await sandbox.runCommand(['doctor'], options);
  assert.match(doctor.stdout, /PostgreSQL +not installed, and neither is the reference service/);
});

test('the commands run and target install missing packages of the reference service first', async () => {
  for (const args of [['run', 'smoke'], ['target']]) {
    const refused = await sandbox.runCommand(args, options);
    assertRefused(refused, 2, /^Installing the dependencies of reference-service \(they are not installed yet\) …$/m);
    assert.match(refused.stderr, /npm was called: install .*--workspaces --include=optional --omit=dev$/m);
  }
});

test('the command k8s explains how to install the Kubernetes client if it is missing', async () => {
  const refused = await sandbox.runCommand(
    ['k8s', 'run', 'smoke', '--parallelism', '2', '--collect-at', 'http://127.0.0.1:4318'],
    {
      ...options,
      env: {
        ...options.env,
        TEST_ENV: 'staging',
        API_URL: 'http://127.0.0.1:9',
        ADMIN_TOKEN: 'token',
        WEBHOOK_SECRET: 'key',
      },
    },
  );
  assertRefused(refused, 2, 'The package @kubernetes/client-node is not installed');
});
