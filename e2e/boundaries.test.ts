import assert from 'node:assert/strict';
import path from 'node:path';
import { before, test } from 'node:test';
import { Checkout } from './checkout.ts';
import { ROOT, Sandbox } from './suite.ts';

const sandbox = new Sandbox();

/** Where a file stands, and what it may import from there and what not. */
const IMPORTS: { file: string; allowed: string[]; forbidden: string[] }[] = [
  {
    file: 'lib/core/fixture.ts',
    allowed: ['./duration.ts', './rules/slow.ts'],
    forbidden: [
      '../k6/env.ts',
      './../../cli/paths.ts',
      '../k6/env.ts',
      'k6',
      'k6/http',
      'node:fs',
      'fs',
      'ajv',
      '../k6/env.ts',
      '../../cli/paths.ts',
      '../../reference-service/random.ts',
    ],
  },
  {
    file: 'lib/core/rules/slow.ts',
    allowed: ['./fast.ts', '../duration.ts'],
    forbidden: [
      'k6',
      'node:fs',
      'ajv',
      '../../k6/env.ts',
      '../k6/env.ts',
      './../../k6/env.ts',
      '../../../cli/paths.ts',
      '../../../reference-service/random.ts',
    ],
  },
  {
    file: 'lib/k6/fixture.ts',
    allowed: ['./env.ts', '../core/duration.ts', 'k6', 'k6/http'],
    forbidden: [
      'node:fs',
      'ajv',
      '../../cli/paths.ts',
      '../../tests/booking/product.ts',
      '../../reference-service/random.ts',
      './../../cli/paths.ts',
      '../core/../../cli/paths.ts',
    ],
  },
  {
    file: 'tests/fixture/peak.ts',
    allowed: [
      './product.ts',
      './flows/order.ts',
      '../../lib/core/definition/criteria.ts',
      '../../lib/k6/flow.ts',
      'k6',
      'k6/http',
    ],
    forbidden: [
      'node:fs',
      'ajv',
      '@faker-js/faker',
      '../../cli/paths.ts',
      '../../reference-service/random.ts',
      '../../data/people.ts',
      '../booking/product.ts',
      '../booking/flows/booking.ts',
      './../../cli/paths.ts',
      './../booking/product.ts',
      './flows/../../booking/product.ts',
    ],
  },
  {
    file: 'tests/fixture/flows/order.ts',
    allowed: [
      '../product.ts',
      '../contracts/order.schema.json',
      './other.ts',
      '../../../lib/core/definition/criteria.ts',
      '../../../lib/k6/flow.ts',
      'k6',
    ],
    forbidden: [
      'node:fs',
      '../../booking/product.ts',
      '../../../cli/paths.ts',
      '../../../reference-service/random.ts',
      './../../booking/product.ts',
      '../flows/../../booking/product.ts',
    ],
  },
  {
    file: 'cli/run/fixture.ts',
    allowed: [
      'node:fs',
      'ajv',
      '../paths.ts',
      '../../lib/core/evidence/result.ts',
      '../../esbuild.config.mjs',
    ],
    forbidden: [
      '../../lib/k6/env.ts',
      '../../tests/booking/peak.ts',
      '../../reference-service/random.ts',
      '../../lib/core/../k6/env.ts',
      'k6',
      'k6/http',
    ],
  },
  {
    file: 'reference-service/http/fixture.ts',
    allowed: ['node:fs', 'fastify', 'pg', '../random.ts'],
    forbidden: [
      '../../lib/core/random.ts',
      '../../lib/k6/env.ts',
      '../../cli/paths.ts',
      '../../tests/booking/peak.ts',
      '../../data/people.ts',
      'k6',
    ],
  },
];

let checkout: Checkout;

before(() => {
  checkout = new Checkout(sandbox);
  const { vcs: _, ...rules } = JSON.parse(checkout.read('biome.json'));
  checkout.write('biome.json', JSON.stringify(rules));
});

const tool = (name: string) => path.join(ROOT, 'node_modules', '.bin', name);

/** The imports of a fixture that the linter refuses. */
async function refused(file: string): Promise<string[]> {
  const { stdout, stderr } = await sandbox.spawn(
    tool('biome'),
    ['lint', '--only=style/noRestrictedImports', '--reporter=json', '--max-diagnostics=none', file],
    { cwd: checkout.root },
  ).ended;
  assert.ok(stdout.startsWith('{'), stderr);
  const source = checkout.read(file).split('\n');
  const { diagnostics }: { diagnostics: Diagnostic[] } = JSON.parse(stdout);
  return diagnostics.map(({ category, location }) => {
    assert.equal(category, 'lint/style/noRestrictedImports');
    return source[location.start.line - 1] ?? '';
  });
}

interface Diagnostic {
  category: string;
  location: { start: { line: number } };
}

for (const { file, allowed, forbidden } of IMPORTS) {
  test(`imports of ${file}`, async () => {
    const statement = (name: string) => `import '${name}';`;
    checkout.write(file, [...allowed, ...forbidden].map(statement).join('\n'));
    assert.deepEqual(await refused(file), forbidden.map(statement));
  });
}

test('every form of import is seen', async () => {
  const forms = [
    "export * from 'k6';",
    "export { a } from 'k6';",
    "import type { B } from 'k6';",
    "await import('k6');",
  ];
  checkout.write('lib/core/forms.ts', forms.join('\n'));
  assert.deepEqual(await refused('lib/core/forms.ts'), forms);
});

/** Globals that there are not in the k6 runtime (or that pure code may not use), and some that there are. */
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
  test(`globals of ${folder}`, async () => {
    const fixture = `${folder}/fixture-of-globals`;
    const names = [...known, ...unknown];
    checkout.write(
      `${fixture}/globals.ts`,
      names.map((name) => `export const a${name} = ${name};`).join('\n'),
    );
    const globals = path.join(checkout.root, 'lib/k6/globals.d.ts');
    checkout.write(
      `${fixture}/tsconfig.json`,
      JSON.stringify({
        extends: '../tsconfig.json',
        compilerOptions: { composite: false, emitDeclarationOnly: false, noEmit: true },
        include: folder === 'lib/core' ? ['globals.ts'] : ['globals.ts', globals],
      }),
    );
    const { stdout } = await sandbox.spawn(tool('tsc'), ['-p', `${fixture}/tsconfig.json`], {
      cwd: checkout.root,
    }).ended;
    const missing = [...stdout.matchAll(/globals\.ts\((\d+),\d+\): error TS\d+: Cannot find name/g)];
    assert.deepEqual(
      missing.map(([, line]) => names[Number(line) - 1]),
      unknown,
      stdout,
    );
    assert.equal(stdout.split('error TS').length - 1, unknown.length, stdout);
  });
}
