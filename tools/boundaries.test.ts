import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importsOf, violationsOf } from './boundaries.ts';

/** Returns the violations that `violationsOf` finds in files that contain only the given imports. */
const violations = (files: Record<string, readonly string[]>): string[] =>
  violationsOf(
    Object.entries(files).flatMap(([file, names]) =>
      importsOf(file, names.map((name) => `import '${name}';`).join('\n')),
    ),
  );

/** Test cases: a file, modules that the file may import, and modules that the file must not import. */
const IMPORTS: { file: string; allowed: string[]; forbidden: string[] }[] = [
  {
    file: 'lib/core/numbers/fixture.ts',
    allowed: ['./duration.ts', '../telemetry/index.ts'],
    forbidden: [
      '../../k6/env.ts',
      './../../k6/env.ts',
      '../../../cli/support/paths.ts',
      './../../../cli/support/paths.ts',
      '../../../reference-service/random.ts',
      '../testing/evidence.ts',
      'k6',
      'k6/http',
      'node:fs',
      'fs',
      'ajv',
      'load-suite',
    ],
  },
  {
    file: 'lib/core/judging/rules/slow.ts',
    allowed: ['./fast.ts', '../evidence.ts', '../../telemetry/index.ts'],
    forbidden: [
      'k6',
      'node:fs',
      'ajv',
      '../../../k6/env.ts',
      './../../../k6/env.ts',
      '../../../../cli/support/paths.ts',
      '../../../../reference-service/random.ts',
    ],
  },
  {
    file: 'lib/k6/fixture.ts',
    allowed: ['./env.ts', '../core/numbers/index.ts', 'k6', 'k6/http'],
    forbidden: [
      'node:fs',
      'ajv',
      'k6-like',
      'load-suite',
      '../core/testing/evidence.ts',
      '../../cli/support/paths.ts',
      '../../tests/booking/product.ts',
      '../../reference-service/random.ts',
      './../../cli/support/paths.ts',
      '../core/../../cli/support/paths.ts',
    ],
  },
  {
    file: 'tests/fixture/peak.ts',
    allowed: ['./product.ts', './flows/order.ts', 'k6', 'k6/http', 'load-suite'],
    forbidden: [
      'node:fs',
      'ajv',
      '@faker-js/faker',
      'load-suite/data',
      'load-suite/config',
      '../../lib/index.ts',
      '../../lib/core/definition/index.ts',
      '../../lib/k6/flow.ts',
      '../../cli/support/paths.ts',
      '../../reference-service/random.ts',
      '../../data/people.ts',
      '../booking/product.ts',
      '../booking/flows/booking.ts',
      './../../cli/support/paths.ts',
      './../booking/product.ts',
      './flows/../../booking/product.ts',
    ],
  },
  {
    file: 'tests/fixture/flows/order.ts',
    allowed: ['../product.ts', '../contracts/order.schema.json', './other.ts', 'k6', 'load-suite'],
    forbidden: [
      'node:fs',
      '../../booking/product.ts',
      '../../../cli/support/paths.ts',
      '../../../reference-service/random.ts',
      './../../booking/product.ts',
      '../flows/../../booking/product.ts',
    ],
  },
  {
    file: 'tests/fixture/data.ts',
    allowed: ['./names.ts', '@faker-js/faker', 'node:fs', 'load-suite/data'],
    forbidden: ['k6', 'load-suite', '../booking/data.ts', '../../lib/k6/env.ts', '../../cli/support/paths.ts'],
  },
  {
    file: 'tests/fixture/fixture.test.ts',
    allowed: ['./product.ts', '../../e2e/sandbox.ts', 'node:test'],
    forbidden: ['../booking/product.ts', '../../reference-service/products/booking/index.ts'],
  },
  {
    file: 'lib/fixture.ts',
    allowed: ['./core/numbers/index.ts', './k6/flow.ts'],
    forbidden: ['./core/testing/evidence.ts', '../cli/main.ts', '../data/people.ts', 'node:fs', 'k6'],
  },
  {
    file: 'bench/fixture/with-suite.ts',
    allowed: ['../../tests/booking/product.ts', 'load-suite', 'k6/http'],
    forbidden: ['../../lib/k6/flow.ts', '../../cli/main.ts', 'node:fs'],
  },
  {
    file: 'cli/run/fixture.ts',
    allowed: [
      'node:fs',
      'ajv/dist/standalone/index.js',
      '@kubernetes/client-node',
      '../support/paths.ts',
      '../../lib/core/evidence/index.ts',
      '../../esbuild.config.mjs',
    ],
    forbidden: [
      '../testing/environment.ts',
      '../../lib/core/testing/evidence.ts',
      '../../lib/k6/env.ts',
      '../../tests/booking/peak.ts',
      '../../reference-service/random.ts',
      '../../lib/core/../k6/env.ts',
      'fastify',
      'pm2/lib/API.js',
      'typescript',
      'k6',
      'k6/http',
      'load-suite',
    ],
  },
  {
    file: 'reference-service/http/fixture.ts',
    allowed: ['node:fs', 'fastify', 'pg', '../random.ts', '../products/product.ts'],
    forbidden: [
      '../products/booking/index.ts',
      '../../lib/core/numbers/index.ts',
      '../../lib/k6/env.ts',
      '../../cli/support/paths.ts',
      '../../tests/booking/peak.ts',
      '../../data/people.ts',
      'k6',
      'load-suite',
    ],
  },
  {
    file: 'reference-service/products/fixture/plugin.ts',
    allowed: ['./service.ts', '../product.ts', '../../http/app.ts', 'fastify'],
    forbidden: ['../booking/index.ts', '../../../lib/core/numbers/index.ts', '../../../tests/fixture/product.ts'],
  },
  {
    file: 'data/fixture.ts',
    allowed: ['./people.ts', '@faker-js/faker', 'node:path'],
    forbidden: ['../lib/core/numbers/index.ts', '../cli/support/paths.ts', '../tests/booking/data.ts', 'k6'],
  },
  {
    file: 'e2e/fixture.ts',
    allowed: ['./suite.ts', '../cli/main.ts', '../lib/core/numbers/index.ts', '../reference-service/random.ts'],
    forbidden: ['../tests/booking/product.ts', '../reference-service/products/booking/index.ts'],
  },
];

for (const { file, allowed, forbidden } of IMPORTS) {
  test(`violationsOf reports forbidden imports of ${file}, and no allowed imports`, () => {
    assert.deepEqual(violations({ [file]: allowed }), []);
    for (const name of forbidden) {
      const found = violations({ [file]: [name] });
      assert.ok(found[0]?.startsWith(`${file} imports `), `${name}: ${found}`);
    }
  });
}

const FORMS = [
  "import 'k6';",
  "import k6 from 'k6';",
  "import type { A } from 'k6';",
  "import { type B } from 'k6';",
  "export * from 'k6';",
  "export * as c from 'k6';",
  "export { d } from 'k6';",
  "export type { E } from 'k6';",
  "export {} from 'k6';",
  "await import('k6');",
  'await import(`k6`);',
  "type F = import('k6').F;",
  "type G = typeof import('k6');",
];

for (const form of FORMS)
  test(`importsOf finds the import in: ${form}`, () => {
    assert.deepEqual(importsOf('lib/core/numbers/forms.ts', form), [
      { from: 'lib/core/numbers/forms.ts', to: 'k6', isFile: false },
    ]);
  });

test('importsOf ignores imports in comments and strings', () => {
  assert.deepEqual(importsOf('lib/core/a.ts', "// import 'k6';\nexport const text = \"import 'k6';\";"), []);
});

test('importsOf throws an error with the path of the file if the file cannot be parsed', () => {
  assert.throws(() => importsOf('lib/core/a.ts', 'const = ;'), /^Error: lib\/core\/a\.ts cannot be parsed: /);
});

test('violationsOf reports two files that import each other, even if they import only types', () => {
  const source = (other: string) => `import type { A } from './${other}.ts';`;
  const [a, b] = ['cli/run/a.ts', 'cli/run/b.ts'];
  assert.deepEqual(violationsOf([...importsOf(a, source('b')), ...importsOf(b, source('a'))]), [
    `Import cycle: ${a} → ${b} → ${a}.`,
  ]);
});

test('violationsOf reports folders that import each other, directly or through a third folder', () => {
  assert.deepEqual(violations({ 'cli/run/a.ts': ['../report/b.ts'], 'cli/report/c.ts': ['../run/d.ts'] }), [
    'Import cycle: cli/run → cli/report → cli/run.',
  ]);
  const through = {
    'cli/run/a.ts': ['../report/b.ts'],
    'cli/report/c.ts': ['../support/d.ts'],
    'cli/support/e.ts': ['../run/f.ts', './d.ts'],
  };
  assert.deepEqual(violations(through), ['Import cycle: cli/run → cli/report → cli/support → cli/run.']);
  assert.deepEqual(violations({ 'lib/core/a/b.ts': ['../c/index.ts'], 'lib/core/c/d.ts': ['../a/index.ts'] }), [
    'Import cycle: lib/core/a → lib/core/c → lib/core/a.',
  ]);
  assert.deepEqual(
    violations({
      'reference-service/http/a.ts': ['../db/b.ts'],
      'reference-service/db/c.ts': ['../http/d.ts'],
    }),
    ['Import cycle: reference-service/http → reference-service/db → reference-service/http.'],
  );
});

test('violationsOf does not report a cycle if two folders import a third folder, or if only a test completes the cycle', () => {
  const files = {
    'cli/run/a.ts': ['../support/b.ts', '../report/c.ts'],
    'cli/report/c.ts': ['../support/b.ts'],
    'cli/support/b.test.ts': ['./b.ts', '../run/a.ts'],
  };
  assert.deepEqual(violations(files), []);
});

test('violationsOf reports imports from a subfolder of lib/core that bypass the index.ts of the subfolder', () => {
  assert.deepEqual(violations({ 'cli/run/a.ts': ['../../lib/core/judging/rules/slow.ts'] }), [
    'cli/run/a.ts imports lib/core/judging/rules/slow.ts. Import lib/core/judging/index.ts instead.',
  ]);
  assert.deepEqual(violations({ 'lib/core/judging/a.ts': ['../telemetry/b.ts'] }), [
    'lib/core/judging/a.ts imports lib/core/telemetry/b.ts. Import lib/core/telemetry/index.ts instead.',
  ]);
  const through = {
    'cli/run/a.ts': ['../../lib/core/judging/index.ts'],
    'lib/core/judging/a.ts': ['./rules/slow.ts', '../schemas/result.schema.json'],
    'cli/run/a.test.ts': ['../../lib/core/judging/rules/slow.ts'],
  };
  assert.deepEqual(violations(through), []);
});
