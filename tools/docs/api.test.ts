import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiPage } from './api.ts';

const ENTRY = { name: 'load-suite', file: 'lib/index.ts' };

function pageOf(files: Record<string, string>): string {
  return apiPage([ENTRY], (file) => {
    const text = files[file];
    assert.ok(text !== undefined, `${file} is read`);
    return text;
  });
}

test('apiPage lists the exports of each section with their signatures and docstrings', () => {
  const page = pageOf({
    'lib/index.ts': `/** For test authors. */

// Traffic

export { mix, type Visit } from './core/index.ts';

// Data

export { draw } from './core/index.ts';
`,
    'lib/core/index.ts': "export { mix, type Visit } from './mix.ts';\nexport * from './all.ts';",
    'lib/core/all.ts': "export * from './mix.ts';",
    'lib/core/mix.ts': `/**
 * Sends one request of a mix,
 * by {@link Visit} weight.
 * @param visits kinds of requests
 * @returns the traffic
 * @throws RangeError if a weight is negative
 */
export function mix(visits: readonly Visit[]): Traffic {
  return visits;
}

/** One kind of request. */
export interface Visit {
  /** In percent. */
  weight: number;
}

/** A number in [0, 1). */
export const draw = (seed: number): number => seed;
`,
  });
  assert.equal(
    page,
    `# API

Generated from the docstrings in \`lib/\` by \`npm run docs\`.

## load-suite

For test authors.

### Traffic

#### mix

\`\`\`ts
function mix(visits: readonly Visit[]): Traffic
\`\`\`

Sends one request of a mix,
by \`Visit\` weight.

- \`visits\`: kinds of requests
- Returns the traffic
- Throws \`RangeError\` if a weight is negative

#### Visit

\`\`\`ts
interface Visit {
  /** In percent. */
  weight: number;
}
\`\`\`

One kind of request.

### Data

#### draw

\`\`\`ts
function draw(seed: number): number
\`\`\`

A number in [0, 1).
`,
  );
});

test('apiPage throws an error that lists every export without a docstring or a type annotation', () => {
  assert.throws(
    () =>
      pageOf({
        'lib/index.ts': "// Data\n\nexport { a, b, c } from './a.ts';\n",
        'lib/a.ts': `/** Has a docstring. */
export const a: number = 1;
// Has no docstring.
export const b: number = 2;
/** Has no type annotation. */
export const c = () => 3;
`,
      }),
    {
      message: 'lib/a.ts exports b, which has no docstring.\nlib/a.ts exports c without a type annotation.',
    },
  );
});
