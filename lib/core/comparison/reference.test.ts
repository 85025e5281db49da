import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../numbers/index.ts';
import { durationFigures, excerpt, excerptPart, excerptWindows } from '../testing/comparison.ts';
import type { ExcerptPart } from './excerpt.ts';
import { MAX_REFERENCE_BYTES, referenceOf, referenceText } from './reference.ts';

const head = { test: 'shop/peak', name: 'main', setAt: '2025-01-18T14:30:00.000Z' };
const random = seededRandom(1);
const many = (count: number, next: () => number) => Array.from({ length: count }, next);

/** A run with varied durations in every part and the maximum number of windows. */
function longRun(endpoints: number) {
  const variedPart = (parts: Partial<ExcerptPart>) =>
    excerptPart({ ...durationFigures(many(500, () => 10 ** (1 + 2 * random()))), ...parts });
  const columns = many(1000, () => 100 * (1 + random() / 3));
  return excerpt({
    parts: [
      variedPart({}),
      ...Array.from({ length: endpoints }, (_, i) => variedPart({ scope: 'endpoint', name: `GET /${i}` })),
    ],
    windows: excerptWindows(columns, { requests: many(1000, () => Math.floor(3000 * random())) }),
  });
}

test('a reference is read back with numbers rounded to six digits', () => {
  const run = excerpt({
    parts: [excerptPart({ p95: 123.456789, count: 1_234_567 })],
    windows: excerptWindows([1.5, 2.25]),
  });
  const { runs, ...readHead } = JSON.parse(referenceText(referenceOf(head, [run])));
  assert.deepEqual(readHead, { schemaVersion: 1, ...head });
  assert.deepEqual(runs, [{ ...run, parts: [excerptPart({ p95: 123.457, count: 1_234_567 })] }]);
});

test('a reference has each list of numbers on one line', () => {
  const text = referenceText(referenceOf(head, [excerpt({ windows: excerptWindows([1.5, 2.25]) })]));
  assert.match(text, /^ +"p95": \[1\.5,2\.25\],$/m);
  const empty = referenceText(referenceOf(head, [excerpt({ windows: excerptWindows([], { p50: [null, 3] }) })]));
  assert.match(empty, /^ +"p50": \[null,3\],$/m);
});

test('the reference of a long run with 20 endpoints keeps windows and histograms', () => {
  const reference = referenceOf(head, [longRun(20)]);
  assert.ok(referenceText(reference).length <= MAX_REFERENCE_BYTES, `${referenceText(reference).length}`);
  assert.ok(reference.runs[0]?.windows && reference.runs[0].parts.every(({ histogram }) => histogram));
});

test('the reference of a run with 100 endpoints drops their histograms and has a caveat', () => {
  const [run] = referenceOf(head, [longRun(100)]).runs;
  assert.ok(run?.windows && run.parts[0]?.histogram);
  assert.ok(run.parts.slice(1).every(({ histogram }) => histogram === null));
  assert.match(run.unknown.join(), /histograms of endpoints/);
});

test('a reference with several runs has histograms but no windows', () => {
  const { runs } = referenceOf(head, [longRun(3), longRun(3), longRun(3)]);
  assert.ok(runs.every(({ windows, parts }) => !windows && parts.every(({ histogram }) => histogram)));
});
