import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../numbers/index.ts';
import { durationFigures, excerpt, excerptPart, excerptWindows } from '../testing/comparison.ts';
import type { ExcerptPart } from './excerpt.ts';
import { MAX_REFERENCE_BYTES, referenceOf, referenceText } from './reference.ts';

const what = { test: 'shop/peak', name: 'main', setAt: '2025-01-18T14:30:00.000Z' };
const random = seededRandom(1);
const many = (count: number, of: () => number) => Array.from({ length: count }, of);

/** A run with a spread of durations in every part, and as many windows as a result may have. */
function longRun(endpoints: number) {
  const spread = (parts: Partial<ExcerptPart>) =>
    excerptPart({ ...durationFigures(many(500, () => 10 ** (1 + 2 * random()))), ...parts });
  const columns = many(1000, () => 100 * (1 + random() / 3));
  return excerpt({
    parts: [
      spread({}),
      ...Array.from({ length: endpoints }, (_, i) => spread({ scope: 'endpoint', name: `GET /${i}` })),
    ],
    windows: excerptWindows(columns, { requests: many(1000, () => Math.floor(3000 * random())) }),
  });
}

test('reads back as it was written, to six digits', () => {
  const run = excerpt({
    parts: [excerptPart({ p95: 123.456789, count: 1_234_567 })],
    windows: excerptWindows([1.5, 2.25]),
  });
  const { runs, ...head } = JSON.parse(referenceText(referenceOf(what, [run])));
  assert.deepEqual(head, { schemaVersion: 1, ...what });
  assert.deepEqual(runs, [{ ...run, parts: [excerptPart({ p95: 123.457, count: 1_234_567 })] }]);
});

test('has a line for each list of numbers, so that a change of it can be read', () => {
  const text = referenceText(referenceOf(what, [excerpt({ windows: excerptWindows([1.5, 2.25]) })]));
  assert.match(text, /^ +"p95": \[1\.5,2\.25\],$/m);
  const empty = referenceText(
    referenceOf(what, [excerpt({ windows: excerptWindows([], { p50: [null, 3] }) })]),
  );
  assert.match(empty, /^ +"p50": \[null,3\],$/m);
});

test('the longest run of an ordinary product fits as a whole', () => {
  const reference = referenceOf(what, [longRun(20)]);
  assert.ok(referenceText(reference).length <= MAX_REFERENCE_BYTES, `${referenceText(reference).length}`);
  assert.ok(reference.runs[0]?.windows && reference.runs[0].parts.every(({ histogram }) => histogram));
});

test('one of very many endpoints loses their histograms, and says so', () => {
  const [run] = referenceOf(what, [longRun(100)]).runs;
  assert.ok(run?.windows && run.parts[0]?.histogram);
  assert.ok(run.parts.slice(1).every(({ histogram }) => histogram === null));
  assert.match(run.unknown.join(), /histograms of endpoints/);
});

test('of several runs, windows are not kept', () => {
  const { runs } = referenceOf(what, [longRun(3), longRun(3), longRun(3)]);
  assert.ok(runs.every(({ windows, parts }) => !windows && parts.every(({ histogram }) => histogram)));
});
