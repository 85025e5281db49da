import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seededRandom } from '../numbers/index.ts';
import { durationFigures, excerpt, excerptPart, excerptWindows } from '../testing/comparison.ts';
import { repeat } from '../testing/evidence.ts';
import type { ComparisonOutcome, ComparisonRow, FigureName } from './compared-figures.ts';
import { compare } from './comparison.ts';
import type { Excerpt, ExcerptPart } from './excerpt.ts';

const find = (rows: readonly ComparisonRow[], figure: FigureName, name = ''): ComparisonRow =>
  rows.find((row) => row.figure === figure && row.name === name) ?? assert.fail(`no row of ${figure} ${name}`);

const runs = (values: readonly number[], partOf: (value: number) => Partial<ExcerptPart>): Excerpt[] =>
  values.map((value) => excerpt({ parts: [excerptPart(partOf(value))] }));

describe('a row with several runs per side', () => {
  const PART_OF: Partial<Record<FigureName, (value: number) => Partial<ExcerptPart>>> = {
    p95: (p95) => ({ p95 }),
    errorRate: (count) => ({ hits: { of: 'errors', count, trials: 10_000 } }),
    throughput: (perS) => ({ perS }),
  };
  const cases: [
    title: string,
    figure: FigureName,
    reference: number[],
    candidate: number[],
    outcome: ComparisonOutcome,
  ][] = [
    ['rises by 20 %', 'p95', [100, 101, 99], [120, 121, 119], 'worse'],
    ['falls by a sixth', 'p95', [120, 121, 119], [100, 101, 99], 'better'],
    ['is unchanged', 'p95', [100, 101, 99], [100.5, 99.5, 101.5], 'same'],
    ['rises significantly, but less than the floor', 'p95', [100, 101, 99], [105, 106, 104], 'same'],
    ['rises by about the floor', 'p95', [100, 103, 97], [111, 114, 108], "can't tell"],
    ['varies widely between runs', 'p95', [100, 140, 70], [120, 170, 90], "can't tell"],
    ['rises by 30 % in a single candidate run', 'p95', [100, 101, 99], [130], 'worse'],
    ['rises from 1 ms to 1.5 ms', 'p95', [1, 1.01, 0.99], [1.5, 1.51, 1.49], 'same'],
    ['rises by 2 points', 'errorRate', [0, 0, 0], [200, 210, 190], 'worse'],
    ['falls by 2 points', 'errorRate', [200, 210, 190], [0, 0, 0], 'better'],
    ['rises by 0.1 points', 'errorRate', [0, 0, 0], [10, 10, 10], 'same'],
    ['varies widely between runs', 'errorRate', [0, 0, 0], [0, 0, 600], "can't tell"],
    ['falls by 20 %', 'throughput', [100, 101, 99], [80, 81, 79], 'worse'],
    ['rises by 25 %', 'throughput', [80, 81, 79], [100, 101, 99], 'better'],
  ];
  for (const [title, figure, reference, candidate, outcome] of cases) {
    test(`a comparison row with several runs per side is "${outcome}" if ${figure} ${title}`, () => {
      const partOf = PART_OF[figure] ?? assert.fail();
      const { rows, unit } = compare(runs(reference, partOf), runs(candidate, partOf));
      assert.equal(unit, 'run');
      assert.equal(find(rows, figure).outcome, outcome, JSON.stringify(find(rows, figure)));
    });
  }

  test('a comparison row with several runs per side has its change as a fraction, or for rates as a difference', () => {
    const { rows } = compare(
      runs([100, 100, 100], (p95) => ({ p95, hits: { of: 'errors', count: 10, trials: 1000 } })),
      runs([150, 150, 150], (p95) => ({ p95, hits: { of: 'errors', count: 40, trials: 1000 } })),
    );
    const p95 = find(rows, 'p95');
    assert.ok(Math.abs(p95.change - 0.5) < 1e-9);
    assert.ok(Math.abs(find(rows, 'errorRate').change - 0.03) < 1e-9);
    assert.deepEqual(p95.by, ['runs']);
  });

  test('a comparison row with several runs per side exists for a resource that was measured in every run', () => {
    const withMemory = (memory: number) => excerpt({ resources: { ...excerpt().resources, memory } });
    const { rows } = compare([100e6, 101e6, 99e6].map(withMemory), [150e6, 151e6, 149e6].map(withMemory));
    assert.equal(find(rows, 'memory').outcome, 'worse');
    assert.equal(find(rows, 'memory').scope, 'resources');
    assert.ok(!rows.some(({ figure }) => figure === 'cpu'), 'a resource that was not measured has no row');
  });
});

describe('a row with one run per side', () => {
  const random = seededRandom(5);
  /** Creates durations within 10 % of a center. */
  const about = (center: number, count = 2000) => Array.from({ length: count }, () => center * (0.9 + 0.2 * random()));
  const steady = (ms: number) => excerptWindows(Array.from({ length: 30 }, () => ms * (0.99 + 0.02 * random())));
  const runOf = (ms: number, parts: Partial<ExcerptPart> = {}, windows = steady(ms)) =>
    excerpt({ parts: [excerptPart({ ...durationFigures(about(ms)), ...parts })], windows });

  const unsteady = excerptWindows([...repeat(10, 60), ...repeat(10, 200), ...repeat(10, 90)]);
  /** A run with these errors per window and 990 requests in 30 windows. */
  const withErrors = (errors: number[]) => {
    const count = errors.reduce((sum, errorCount) => sum + errorCount);
    const windows = excerptWindows(repeat(30, 100), { requests: repeat(30, 33), errors });
    return runOf(100, { hits: { of: 'errors', count, trials: 1000 } }, windows);
  };
  const noErrors = withErrors(repeat(30, 0));
  const errorsAtOnce = withErrors([...repeat(10, 0), 30, ...repeat(19, 0)]);

  const cases: [
    title: string,
    reference: Excerpt,
    candidate: Excerpt,
    figure: FigureName,
    outcome: ComparisonOutcome,
  ][] = [
    ['p95 doubles', runOf(100), runOf(200), 'p95', 'worse'],
    ['p95 halves', runOf(200), runOf(100), 'p95', 'better'],
    ['p95 is unchanged', runOf(100), runOf(100), 'p95', 'same'],
    ['p95 varies within the run', runOf(100), runOf(130, {}, unsteady), 'p95', "can't tell"],
    ['30 errors occur in one window', noErrors, errorsAtOnce, 'errorRate', "can't tell"],
    ['30 errors occur evenly over the run', noErrors, withErrors(repeat(30, 1)), 'errorRate', 'worse'],
  ];
  for (const [title, reference, candidate, figure, outcome] of cases) {
    test(`a comparison row with one run per side is "${outcome}" if ${title}`, () => {
      const { rows, unit } = compare([reference], [candidate]);
      assert.equal(unit, 'window');
      assert.equal(find(rows, figure).outcome, outcome, JSON.stringify(find(rows, figure)));
    });
  }

  const endpoint = (ms: number) =>
    excerptPart({ scope: 'endpoint', name: 'GET /items/:id', ...durationFigures(about(ms)) });
  const withEndpoint = (ms: number, windows = steady(ms)) =>
    excerpt({ parts: [excerptPart(durationFigures(about(ms))), endpoint(ms)], windows });

  test('a comparison row with one run per side lists the methods behind its interval', () => {
    const { rows } = compare([withEndpoint(100)], [withEndpoint(100)]);
    assert.deepEqual(find(rows, 'p95').by, ['ranks', 'windows']);
    assert.deepEqual(find(rows, 'errorRate').by, ['rates', 'windows']);
    assert.deepEqual(find(rows, 'throughput').by, ['windows']);
    assert.deepEqual(find(rows, 'throughput', 'GET /items/:id').by, ['windows', 'counts']);
  });

  test('the comparison row of an endpoint uses the windows of the whole run', () => {
    const outcome = (candidate: Excerpt) =>
      find(compare([withEndpoint(100)], [candidate]).rows, 'p95', 'GET /items/:id').outcome;
    assert.equal(outcome(withEndpoint(130)), 'worse');
    assert.equal(outcome(withEndpoint(130, unsteady)), "can't tell");
  });

  test('the comparison row of a phase uses the windows of that phase', () => {
    const noisyAtFirst = excerptWindows([...Array.from({ length: 20 }, () => 50 + 100 * random()), ...repeat(20, 100)]);
    const phase = (name: string, startMs: number, endMs: number) =>
      excerptPart({ scope: 'phase', name, ...durationFigures(about(100)), stretch: { startMs, endMs } });
    const run = (windows: typeof noisyAtFirst) =>
      excerpt({
        parts: [excerptPart(durationFigures(about(100))), phase('ramp-up', 0, 20_000), phase('hold', 20_000, 40_000)],
        windows,
      });
    const { rows } = compare([run(noisyAtFirst)], [run(excerptWindows(repeat(40, 100)))]);
    const width = (name: string) => {
      const { interval } = find(rows, 'p95', name);
      return (interval?.high ?? Number.NaN) - (interval?.low ?? Number.NaN);
    };
    assert.ok(width('hold') < width('ramp-up') / 2, `${width('hold')}, ${width('ramp-up')}`);
  });

  test('the comparison row of a flow uses the iterations of the flow in each window', () => {
    const journey = (succeeded: number[]) =>
      excerpt({
        parts: [
          excerptPart(),
          excerptPart({
            scope: 'flow',
            name: 'order',
            hits: {
              of: 'successes',
              count: succeeded.reduce((sum, iterations) => sum + iterations),
              trials: 400,
            },
          }),
        ],
        windows: excerptWindows(repeat(20, 100), {
          flows: { order: { iterations: repeat(20, 20), succeeded } },
        }),
      });
    const { rows } = compare([journey(repeat(20, 20))], [journey(repeat(20, 16))]);
    const row = find(rows, 'successRate', 'order');
    assert.equal(row.outcome, 'worse');
    assert.deepEqual(row.by, ['rates', 'windows']);
  });

  test('a comparison row with too few samples is listed but not judged', () => {
    const few = () => excerpt({ parts: [excerptPart({ ...durationFigures(about(100, 150)), hits: null })] });
    const row = find(compare([few()], [few()]).rows, 'p95');
    assert.equal(row.outcome, "can't tell");
    assert.equal(row.interval, null);
    assert.equal(row.note, 'requires 200 samples, but has 150');
  });

  test('the comparison row of a resource is not judged with one run per side', () => {
    const withMemory = (memory: number) => excerpt({ resources: { ...excerpt().resources, memory } });
    const row = find(compare([withMemory(100e6)], [withMemory(300e6)]).rows, 'memory');
    assert.equal(row.outcome, "can't tell");
    assert.match(row.note ?? '', /one value/);
  });

  test('a comparison row without histograms and windows is not judged', () => {
    const row = find(compare([excerpt()], [excerpt({ parts: [excerptPart({ p95: 900 })] })]).rows, 'p95');
    assert.equal(row.outcome, "can't tell");
    assert.ok(Math.abs(row.change - 8) < 1e-9);
    assert.match(row.note ?? '', /uncertainty is unknown/);
  });

  test('a comparison row without a sample count is judged only with several runs', () => {
    const uncounted = (p95: number) => excerpt({ parts: [excerptPart({ p95, count: null })] });
    const [before, after] = [[100, 101, 99].map(uncounted), [150, 151, 149].map(uncounted)];
    assert.equal(find(compare(before, after).rows, 'p95').outcome, 'worse');
    assert.match(find(compare(before.slice(2), after.slice(2)).rows, 'p95').note ?? '', /uncertainty is unknown/);
  });

  test('a comparison row is not judged if a value is 0', () => {
    const still = () => excerpt({ parts: [excerptPart({ ...durationFigures(about(100)), p50: 0 })] });
    assert.match(find(compare([still()], [still()]).rows, 'p50').note ?? '', /is 0/);
  });
});

describe('a row among many others', () => {
  /** A run with 60 equal endpoints. `slower` maps the number of an endpoint to the factor by which it is slower. */
  const endpoints = (slower: Record<number, number>, wobble: number) =>
    excerpt({
      parts: [
        excerptPart(),
        ...Array.from({ length: 60 }, (_, i) =>
          excerptPart({
            scope: 'endpoint',
            name: `GET /${i}`,
            p95: (100 + wobble) * (slower[i] ?? 1),
            hits: null,
          }),
        ),
      ],
    });
  const compared = (slower: Record<number, number>) =>
    compare(
      [-4, 0, 4].map((wobble) => endpoints({}, wobble)),
      [-4, 0, 4].map((wobble) => endpoints(slower, wobble)),
    ).rows;

  test('among many comparison rows, a single row barely beyond the floor is not significant', () => {
    const row = find(compared({ 7: 1.23 }), 'p95', 'GET /7');
    assert.ok((row.interval?.low ?? 0) > row.floor, 'it is significant by itself');
    assert.equal(row.outcome, "can't tell");
    assert.match(row.note ?? '', /not among \d+ rows/);
  });

  test('among many comparison rows, a single row far beyond the floor is significant', () =>
    assert.equal(find(compared({ 7: 2.5 }), 'p95', 'GET /7').outcome, 'worse'));

  test('among many comparison rows, rows barely beyond the floor are significant if there are many', () => {
    const rows = compared(Object.fromEntries(Array.from({ length: 60 }, (_, i) => [i, 1.3])));
    assert.equal(find(rows, 'p95', 'GET /7').outcome, 'worse');
  });
});

describe('the overall outcome', () => {
  type PartsOf = (wobble: number) => Partial<ExcerptPart>[];
  const threeRuns = (partsOf: PartsOf) =>
    [-1, 0, 1].map((wobble) => excerpt({ parts: partsOf(wobble).map(excerptPart) }));
  const total = (p95: number, errors = 0): Partial<ExcerptPart> => ({
    p95,
    hits: { of: 'errors', count: errors, trials: 10_000 },
  });
  const endpoint = (p95: number): Partial<ExcerptPart> => ({
    scope: 'endpoint',
    name: 'GET /',
    p95,
    hits: null,
  });
  const reference = threeRuns((wobble) => [total(100 + wobble), endpoint(100 + wobble)]);

  const cases: [title: string, partsOf: PartsOf, outcome: ComparisonOutcome, because: string[]][] = [
    ['nothing changed', (w) => [total(100 + w), endpoint(100 + w)], 'same', ['p95', 'errorRate']],
    ['the whole run is slower', (w) => [total(150 + w), endpoint(100 + w)], 'worse', ['p95']],
    ['one endpoint is slower', (w) => [total(100 + w), endpoint(150 + w)], 'worse', ['p95 GET /']],
    ['the whole run is faster', (w) => [total(50 + w), endpoint(100 + w)], 'better', ['p95']],
    [
      'the whole run is faster but an endpoint is slower',
      (w) => [total(50 + w), endpoint(150 + w)],
      'worse',
      ['p95 GET /'],
    ],
    ['the whole run cannot be judged', (w) => [total(110 + 30 * w), endpoint(50 + w)], "can't tell", ['p95']],
    ['an endpoint cannot be judged', (w) => [total(100 + w), endpoint(110 + 30 * w)], 'same', ['p95', 'errorRate']],
  ];
  for (const [title, partsOf, outcome, because] of cases) {
    test(`the overall outcome of a comparison is "${outcome}" if ${title}`, () => {
      const compared = compare(reference, threeRuns(partsOf));
      assert.equal(compared.outcome, outcome);
      assert.deepEqual(
        compared.because.map(({ figure, name }) => `${figure} ${name}`.trim()),
        because,
      );
    });
  }

  test('the overall outcome of a comparison depends on memory, but not on the number of connections', () => {
    const using = (resources: Partial<Excerpt['resources']>) =>
      [-1, 0, 1].map((wobble) =>
        excerpt({
          parts: [excerptPart(total(100 + wobble))],
          resources: { ...excerpt().resources, ...resources },
        }),
      );
    const connections = compare(using({ databaseConnections: 20 }), using({ databaseConnections: 50 }));
    assert.equal(find(connections.rows, 'databaseConnections').outcome, 'worse');
    assert.equal(connections.outcome, 'same');
    assert.equal(compare(using({ memory: 100e6 }), using({ memory: 150e6 })).outcome, 'worse');
  });

  test('the overall outcome of a comparison cannot be judged if the runs have no part in common', () => {
    const { outcome, rows, notInEveryRun } = compare(
      [excerpt({ parts: [excerptPart({ scope: 'endpoint', name: 'GET /old' })] })],
      [excerpt({ parts: [excerptPart({ scope: 'endpoint', name: 'GET /new' })] })],
    );
    assert.equal(outcome, "can't tell");
    assert.deepEqual(rows, []);
    assert.deepEqual(notInEveryRun, ['endpoint GET /old', 'endpoint GET /new']);
  });

  test('the overall outcome of a comparison ignores a part that one of the runs does not have', () => {
    const candidate = threeRuns((w) => (w === 0 ? [total(100)] : [total(100 + w), endpoint(150 + w)]));
    const { outcome, notInEveryRun } = compare(reference, candidate);
    assert.equal(outcome, 'same');
    assert.deepEqual(notInEveryRun, ['endpoint GET /']);
  });

  test('the overall outcome of a comparison depends on the given floors', () => {
    const candidate = threeRuns((w) => [total(107 + w), endpoint(100 + w)]);
    assert.equal(compare(reference, candidate).outcome, 'same');
    assert.equal(compare(reference, candidate, { relative: 0.02, points: 0.005, ms: 1 }).outcome, 'worse');
  });

  test('a comparison lists the circumstances that differ between the sides', () => {
    const runWith = (circumstances: Excerpt['circumstances']) => excerpt({ circumstances });
    const { circumstances } = compare(
      [runWith({ environment: 'local', 'label instance': 't3.small' })],
      [runWith({ environment: 'local', 'label instance': 't3.medium', commit: 'abc' })],
    );
    assert.deepEqual(circumstances, [
      { name: 'label instance', reference: 't3.small', candidate: 't3.medium' },
      { name: 'commit', reference: 'not set', candidate: 'abc' },
    ]);
  });
});
