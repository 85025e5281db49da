import assert from 'node:assert/strict';
import path from 'node:path';
import { before, test } from 'node:test';
import { Checkout } from './checkout.ts';
import { ROOT, Sandbox } from './sandbox.ts';

const sandbox = new Sandbox();

let checkout: Checkout;

before(() => {
  checkout = new Checkout(sandbox);
});

const TSC = path.join(ROOT, 'node_modules', '.bin', 'tsc');

/**
 * For each folder, examples of globals that its types accept (`known`) and of globals that its types reject
 * (`unknown`).
 */
const GLOBALS: { folder: string; known: string[]; unknown: string[] }[] = [
  {
    folder: 'lib/core',
    known: ['Date', 'Map', 'JSON'],
    unknown: ['process', 'fetch', 'Buffer', 'URL', 'window', 'console', 'setTimeout', '__ENV', '__VU'],
  },
  {
    folder: 'lib/k6',
    known: ['Date', 'console', '__ENV', '__VU', 'open'],
    unknown: ['process', 'fetch', 'Buffer', 'URL', 'window', 'require'],
  },
  {
    folder: 'tests',
    known: ['Date', 'console', '__ENV', '__VU'],
    unknown: ['process', 'fetch', 'Buffer', 'URL', 'window'],
  },
];

for (const { folder, known, unknown } of GLOBALS) {
  test(`the type check of ${folder} rejects globals that k6 lacks or that pure code must not use`, async () => {
    const fixture = `${folder}/fixture-of-globals`;
    const names = [...known, ...unknown];
    checkout.write(`${fixture}/globals.ts`, names.map((name) => `export const a${name} = ${name};`).join('\n'));
    const globals = path.join(checkout.root, 'lib/k6/globals.d.ts');
    checkout.write(
      `${fixture}/tsconfig.json`,
      JSON.stringify({
        extends: '../tsconfig.json',
        compilerOptions: { composite: false, emitDeclarationOnly: false, noEmit: true },
        include: folder === 'lib/core' ? ['globals.ts'] : ['globals.ts', globals],
      }),
    );
    const { stdout } = await sandbox.spawn(TSC, ['-p', `${fixture}/tsconfig.json`], {
      cwd: checkout.root,
    }).exit;
    const missing = [...stdout.matchAll(/globals\.ts\((\d+),\d+\): error TS\d+: Cannot find name/g)];
    assert.deepEqual(
      missing.map(([, line]) => names[Number(line) - 1]),
      unknown,
      stdout,
    );
    assert.equal(stdout.split('error TS').length - 1, unknown.length, stdout);
  });
}
