import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seededRandom } from '../numbers/index.ts';
import { durationFigures, excerpt, excerptPart, excerptWindows } from '../testing/comparison.ts';
import { repeat } from '../testing/evidence.ts';
import type { ComparisonOutcome, ComparisonRow } from './compared-figures.ts';
import { compare } from './comparison.ts';
import type { Excerpt, ExcerptPart } from './excerpt.ts';

const find = (rows: readonly ComparisonRow[], figure: ComparisonRow['figure'], name = ''): ComparisonRow =>
  rows.find((row) => row.figure === figure && row.name === name) ??
  assert.fail(`no row of ${figure} ${name}`);

const runs = (values: readonly number[], of: (value: number) => Partial<ExcerptPart>): Excerpt[] =>
  values.map((value) => excerpt({ parts: [excerptPart(of(value))] }));

describe('several runs a side: a row', () => {
  const OF: Partial<Record<ComparisonRow['figure'], (value: number) => Partial<ExcerptPart>>> = {
    p95: (p95) => ({ p95 }),
    errorRate: (count) => ({ hits: { of: 'errors', count, trials: 10_000 } }),
    throughput: (perS) => ({ perS }),
  };
  const cases: [
    what: string,
    figure: ComparisonRow['figure'],
    reference: number[],
    candidate: number[],
    outcome: ComparisonOutcome,
  ][] = [
    ['that is a fifth longer', 'p95', [100, 101, 99], [120, 121, 119], 'worse'],
    ['that is a fifth shorter', 'p95', [120, 121, 119], [100, 101, 99], 'better'],
    ['that is as it was', 'p95', [100, 101, 99], [100.5, 99.5, 101.5], 'same'],
    ['that is longer for sure, by less than matters', 'p95', [100, 101, 99], [105, 106, 104], 'same'],
    ['about the floor', 'p95', [100, 103, 97], [111, 114, 108], "can't tell"],
    ['that runs do not agree on', 'p95', [100, 140, 70], [120, 170, 90], "can't tell"],
    ['of one run far from that of three', 'p95', [100, 101, 99], [130], 'worse'],
    ['of 1 ms that is half a ms longer', 'p95', [1, 1.01, 0.99], [1.5, 1.51, 1.49], 'same'],
    ['2 points up', 'errorRate', [0, 0, 0], [200, 210, 190], 'worse'],
    ['2 points down', 'errorRate', [200, 210, 190], [0, 0, 0], 'better'],
    ['a tenth of a point up', 'errorRate', [0, 0, 0], [10, 10, 10], 'same'],
    ['that runs do not agree on', 'errorRate', [0, 0, 0], [0, 0, 600], "can't tell"],
    ['a fifth down', 'throughput', [100, 101, 99], [80, 81, 79], 'worse'],
    ['a fifth up', 'throughput', [80, 81, 79], [100, 101, 99], 'better'],
  ];
  for (const [what, figure, reference, candidate, outcome] of cases) {
    test(`${figure} ${what}: ${outcome}`, () => {
      const of = OF[figure] ?? assert.fail();
      const { rows, unit } = compare(runs(reference, of), runs(candidate, of));
      assert.equal(unit, 'run');
      assert.equal(find(rows, figure).outcome, outcome, JSON.stringify(find(rows, figure)));
    });
  }

  test('tells the change as a part of the reference, and that of a rate in points', () => {
    const { rows } = compare(
      runs([100, 100, 100], (p95) => ({ p95, hits: { of: 'errors', count: 10, trials: 1000 } })),
      runs([150, 150, 150], (p95) => ({ p95, hits: { of: 'errors', count: 40, trials: 1000 } })),
    );
    const p95 = find(rows, 'p95');
    assert.ok(Math.abs(p95.change - 0.5) < 1e-9);
    assert.ok(Math.abs(find(rows, 'errorRate').change - 0.03) < 1e-9);
    assert.deepEqual(p95.by, ['runs']);
  });

  test('takes a resource from what each run had', () => {
    const withMemory = (memory: number) => excerpt({ resources: { ...excerpt().resources, memory } });
    const { rows } = compare([100e6, 101e6, 99e6].map(withMemory), [150e6, 151e6, 149e6].map(withMemory));
    assert.equal(find(rows, 'memory').outcome, 'worse');
    assert.equal(find(rows, 'memory').scope, 'resources');
    assert.ok(!rows.some(({ figure }) => figure === 'cpu'), 'what was not watched has no row');
  });
});

describe('one run a side: a row', () => {
  const random = seededRandom(5);
  /** Some hundred requests about a centre. */
  const about = (centre: number, count = 2000) =>
    Array.from({ length: count }, () => centre * (0.9 + 0.2 * random()));
  const steady = (ms: number) =>
    excerptWindows(Array.from({ length: 30 }, () => ms * (0.99 + 0.02 * random())));
  const one = (ms: number, parts: Partial<ExcerptPart> = {}, windows = steady(ms)) =>
    excerpt({ parts: [excerptPart({ ...durationFigures(about(ms)), ...parts })], windows });

  const unsteady = excerptWindows([...repeat(10, 60), ...repeat(10, 200), ...repeat(10, 90)]);
  /** Errors of 990 requests in 30 windows. */
  const withErrors = (errors: number[]) => {
    const count = errors.reduce((sum, one) => sum + one);
    const windows = excerptWindows(repeat(30, 100), { requests: repeat(30, 33), errors });
    return one(100, { hits: { of: 'errors', count, trials: 1000 } }, windows);
  };
  const noErrors = withErrors(repeat(30, 0));
  const errorsAtOnce = withErrors([...repeat(10, 0), 30, ...repeat(19, 0)]);

  const cases: [
    what: string,
    reference: Excerpt,
    candidate: Excerpt,
    figure: ComparisonRow['figure'],
    ComparisonOutcome,
  ][] = [
    ['a p95 that is twice as long', one(100), one(200), 'p95', 'worse'],
    ['a p95 that is half as long', one(200), one(100), 'p95', 'better'],
    ['a p95 that is as it was', one(100), one(100), 'p95', 'same'],
    ['a p95 that went up and down within the run', one(100), one(130, {}, unsteady), 'p95', "can't tell"],
    ['errors that came all at once', noErrors, errorsAtOnce, 'errorRate', "can't tell"],
    ['as many errors all through the run', noErrors, withErrors(repeat(30, 1)), 'errorRate', 'worse'],
  ];
  for (const [what, reference, candidate, figure, outcome] of cases) {
    test(`${what}: ${outcome}`, () => {
      const { rows, unit } = compare([reference], [candidate]);
      assert.equal(unit, 'window');
      assert.equal(find(rows, figure).outcome, outcome, JSON.stringify(find(rows, figure)));
    });
  }

  const endpoint = (ms: number) =>
    excerptPart({ scope: 'endpoint', name: 'GET /items/:id', ...durationFigures(about(ms)) });
  const withEndpoint = (ms: number, windows = steady(ms)) =>
    excerpt({ parts: [excerptPart(durationFigures(about(ms))), endpoint(ms)], windows });

  test('has behind it all that tells how uncertain it is', () => {
    const { rows } = compare([withEndpoint(100)], [withEndpoint(100)]);
    assert.deepEqual(find(rows, 'p95').by, ['ranks', 'windows']);
    assert.deepEqual(find(rows, 'errorRate').by, ['rates', 'windows']);
    assert.deepEqual(find(rows, 'throughput').by, ['windows']);
    assert.deepEqual(find(rows, 'throughput', 'GET /items/:id').by, ['windows', 'counts']);
  });

  test('of an endpoint is as unsteady as the whole', () => {
    const outcome = (candidate: Excerpt) =>
      find(compare([withEndpoint(100)], [candidate]).rows, 'p95', 'GET /items/:id').outcome;
    assert.equal(outcome(withEndpoint(130)), 'worse');
    assert.equal(outcome(withEndpoint(130, unsteady)), "can't tell");
  });

  test('of a phase goes by the windows in it', () => {
    const noisyAtFirst = excerptWindows([
      ...Array.from({ length: 20 }, () => 50 + 100 * random()),
      ...repeat(20, 100),
    ]);
    const phase = (name: string, startMs: number, endMs: number) =>
      excerptPart({ scope: 'phase', name, ...durationFigures(about(100)), stretch: { startMs, endMs } });
    const run = (windows: typeof noisyAtFirst) =>
      excerpt({
        parts: [
          excerptPart(durationFigures(about(100))),
          phase('ramp-up', 0, 20_000),
          phase('hold', 20_000, 40_000),
        ],
        windows,
      });
    const { rows } = compare([run(noisyAtFirst)], [run(excerptWindows(repeat(40, 100)))]);
    const width = (name: string) => {
      const { interval } = find(rows, 'p95', name);
      return (interval?.high ?? Number.NaN) - (interval?.low ?? Number.NaN);
    };
    assert.ok(width('hold') < width('ramp-up') / 2, `${width('hold')}, ${width('ramp-up')}`);
  });

  test('of a flow goes by its own iterations', () => {
    const journey = (succeeded: number[]) =>
      excerpt({
        parts: [
          excerptPart(),
          excerptPart({
            scope: 'flow',
            name: 'order',
            hits: { of: 'successes', count: succeeded.reduce((sum, one) => sum + one), trials: 400 },
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

  test('of too few samples is shown, and not judged', () => {
    const few = () => excerpt({ parts: [excerptPart({ ...durationFigures(about(100, 150)), hits: null })] });
    const row = find(compare([few()], [few()]).rows, 'p95');
    assert.equal(row.outcome, "can't tell");
    assert.equal(row.interval, null);
    assert.equal(row.note, 'takes 200 samples, and there are 150');
  });

  test('of a resource cannot be told', () => {
    const withMemory = (memory: number) => excerpt({ resources: { ...excerpt().resources, memory } });
    const row = find(compare([withMemory(100e6)], [withMemory(300e6)]).rows, 'memory');
    assert.equal(row.outcome, "can't tell");
    assert.match(row.note ?? '', /one value/);
  });

  test('without histogram and windows cannot be told', () => {
    const row = find(compare([excerpt()], [excerpt({ parts: [excerptPart({ p95: 900 })] })]).rows, 'p95');
    assert.equal(row.outcome, "can't tell");
    assert.ok(Math.abs(row.change - 8) < 1e-9);
    assert.match(row.note ?? '', /nothing tells/);
  });

  test('of samples that nobody counted is judged where there are several runs', () => {
    const uncounted = (p95: number) => excerpt({ parts: [excerptPart({ p95, count: null })] });
    const [before, after] = [[100, 101, 99].map(uncounted), [150, 151, 149].map(uncounted)];
    assert.equal(find(compare(before, after).rows, 'p95').outcome, 'worse');
    assert.match(find(compare(before.slice(2), after.slice(2)).rows, 'p95').note ?? '', /nothing tells/);
  });

  test('of 0 has no ratio', () => {
    const still = () => excerpt({ parts: [excerptPart({ ...durationFigures(about(100)), p50: 0 })] });
    assert.match(find(compare([still()], [still()]).rows, 'p50').note ?? '', /is 0/);
  });
});

describe('among many rows', () => {
  /** Endpoints alike, but for some that are slower: by far, or so that each alone would just be told. */
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

  test('one that is barely beyond the floor is no finding', () => {
    const row = find(compared({ 7: 1.23 }), 'p95', 'GET /7');
    assert.ok((row.interval?.low ?? 0) > row.floor, 'alone it would be one');
    assert.equal(row.outcome, "can't tell");
    assert.match(row.note ?? '', /so many rows/);
  });

  test('one that is far beyond it is', () =>
    assert.equal(find(compared({ 7: 2.5 }), 'p95', 'GET /7').outcome, 'worse'));

  test('many that are barely beyond it are', () => {
    const rows = compared(Object.fromEntries(Array.from({ length: 60 }, (_, i) => [i, 1.3])));
    assert.equal(find(rows, 'p95', 'GET /7').outcome, 'worse');
  });
});

describe('over all rows', () => {
  const with3 = (of: (wobble: number) => Partial<ExcerptPart>[]) =>
    [-1, 0, 1].map((wobble) => excerpt({ parts: of(wobble).map(excerptPart) }));
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
  const reference = with3((wobble) => [total(100 + wobble), endpoint(100 + wobble)]);

  type Of = (wobble: number) => Partial<ExcerptPart>[];
  const cases: [what: string, of: Of, outcome: ComparisonOutcome, because: string[]][] = [
    ['nothing changed', (w) => [total(100 + w), endpoint(100 + w)], 'same', ['p95', 'errorRate']],
    ['the whole is slower', (w) => [total(150 + w), endpoint(100 + w)], 'worse', ['p95']],
    ['one endpoint is slower', (w) => [total(100 + w), endpoint(150 + w)], 'worse', ['p95 GET /']],
    ['the whole is faster', (w) => [total(50 + w), endpoint(100 + w)], 'better', ['p95']],
    ['one got better, another worse', (w) => [total(50 + w), endpoint(150 + w)], 'worse', ['p95 GET /']],
    ['the whole cannot be told', (w) => [total(110 + 30 * w), endpoint(50 + w)], "can't tell", ['p95']],
    ['one is unsure', (w) => [total(100 + w), endpoint(110 + 30 * w)], 'same', ['p95', 'errorRate']],
  ];
  for (const [what, of, outcome, because] of cases) {
    test(`${what}: ${outcome}`, () => {
      const compared = compare(reference, with3(of));
      assert.equal(compared.outcome, outcome);
      assert.deepEqual(
        compared.because.map(({ figure, name }) => `${figure} ${name}`.trim()),
        because,
      );
    });
  }

  test('memory weighs, and the size of a pool does not', () => {
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

  test('without anything in common nothing can be told', () => {
    const { outcome, rows, notInEveryRun } = compare(
      [excerpt({ parts: [excerptPart({ scope: 'endpoint', name: 'GET /old' })] })],
      [excerpt({ parts: [excerptPart({ scope: 'endpoint', name: 'GET /new' })] })],
    );
    assert.equal(outcome, "can't tell");
    assert.deepEqual(rows, []);
    assert.deepEqual(notInEveryRun, ['endpoint GET /old', 'endpoint GET /new']);
  });

  test('a part that one of the runs does not have is not compared', () => {
    const candidate = with3((w) => (w === 0 ? [total(100)] : [total(100 + w), endpoint(150 + w)]));
    const { outcome, notInEveryRun } = compare(reference, candidate);
    assert.equal(outcome, 'same');
    assert.deepEqual(notInEveryRun, ['endpoint GET /']);
  });

  test('what matters can be set', () => {
    const candidate = with3((w) => [total(107 + w), endpoint(100 + w)]);
    assert.equal(compare(reference, candidate).outcome, 'same');
    assert.equal(compare(reference, candidate, { relative: 0.02, points: 0.005, ms: 1 }).outcome, 'worse');
  });

  test('what differs between the sides is told', () => {
    const at = (circumstances: Excerpt['circumstances']) => excerpt({ circumstances });
    const { circumstances } = compare(
      [at({ environment: 'local', 'label instance': 't3.small' })],
      [at({ environment: 'local', 'label instance': 't3.medium', commit: 'abc' })],
    );
    assert.deepEqual(circumstances, [
      { name: 'label instance', reference: 't3.small', candidate: 't3.medium' },
      { name: 'commit', reference: 'not set', candidate: 'abc' },
    ]);
  });
});
