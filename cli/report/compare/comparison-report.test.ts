import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { compare, type Excerpt, type ExcerptPart } from '../../../lib/core/comparison/index.ts';
import type { Rung } from '../../../lib/core/evidence/index.ts';
import { durationFigures, excerpt, excerptPart, excerptWindows } from '../../../lib/core/testing/comparison.ts';
import { repeat } from '../../../lib/core/testing/evidence.ts';
import { toHtml } from '../html/index.ts';
import { toMarkdown } from '../markdown.ts';
import { comparisonDocument } from './comparison-document.ts';
import { comparisonReport } from './terminal.ts';

const side = (ms: number, errors: number, instance: string): Excerpt[] =>
  [-1, 0, 1].map((wobble) => {
    const spread: Partial<ExcerptPart> = durationFigures(repeat(1000, ms + wobble));
    return excerpt({
      id: `run-of-${ms}-${wobble}`,
      circumstances: { environment: 'staging', 'label instance': instance },
      parts: [
        excerptPart({ ...spread, hits: { of: 'errors', count: errors, trials: 1000 } }),
        excerptPart({ ...spread, scope: 'endpoint', name: 'GET /items/:id', hits: null }),
        excerptPart({
          ...spread,
          scope: 'flow',
          name: 'order',
          hits: { of: 'successes', count: 1000 - errors, trials: 1000 },
        }),
        excerptPart({ ...spread, scope: 'step', name: 'order › pay', hits: null, p99: null, perS: null }),
      ],
      resources: { ...excerpt().resources, memory: ms * 1e6 },
    });
  });

const worse = compare(side(100, 0, 't3.medium'), side(150, 40, 't3.small'));
const same = compare(side(100, 0, 't3.small'), side(101, 0, 't3.small'));
const oneEach = compare(
  [excerpt({ id: 'before', windows: excerptWindows(repeat(20, 100)), unknown: ['its phases'] })],
  [excerpt({ id: 'after', parts: [excerptPart(), excerptPart({ scope: 'endpoint', name: 'GET /new' })] })],
);

const terminal = (...args: Parameters<typeof comparisonReport>) => stripVTControlCharacters(comparisonReport(...args));

describe('the terminal report of a comparison', () => {
  test('the terminal report of a comparison starts with the outcome and its reasons', () => {
    const lines = terminal(worse, false).split('\n');
    assert.equal(lines[1], 'WORSE  shop/peak: 3 runs against 3 runs');
    assert.match(lines[2] ?? '', /^ {2}p50 of all requests: 100.* ms → 150 ms, \+50\.0 % \(\+.* to \+.* %\)$/);
    assert.match(terminal(worse, false), /^ {2}and \d+ more$/m);
  });

  test('the terminal report of a comparison shows rate changes in points, and differences in labels and resources', () => {
    const text = terminal(worse, false);
    assert.match(text, /^ {2}✗ worse {7}error rate +0 % +4\.00 % +\+4\.00 points +\+.* to \+.* points$/m);
    assert.match(text, /^ {2}✗ worse {7}success rate +100 % +96\.0 % +-4\.00 points/m);
    assert.match(text, /^ {2}label instance {2}t3\.medium → t3\.small$/m);
    assert.match(text, /^ {2}✗ worse {7}memory +95\.4 MB +143 MB +\+50\.0 %/m);
  });

  test('the terminal report of a comparison counts the hidden rows, and shows them with --all', () => {
    assert.ok(!terminal(same, false).includes('GET /items/:id'));
    assert.match(terminal(same, false), /Not shown: \d+ rows without change and 0 undecided rows/);
    assert.match(terminal(same, true), /^GET \/items\/:id$/m);
    assert.match(terminal(same, true), /^Step order › pay$/m);
    assert.ok(!terminal(same, true).includes('--all'));
  });

  test('the terminal report of a comparison notes that intervals are too narrow with one run per side', () => {
    const text = terminal(oneEach, false).replaceAll(/\s+/g, ' ');
    assert.match(text, /CAN'T TELL shop\/peak: 1 run against 1 run/);
    assert.match(text, /There is one run per side, .* too narrow/);
    assert.match(text, /before: its phases/);
    assert.match(text, /Missing from some runs and therefore not compared: endpoint GET \/new/);
  });
});

/** Two deployments on a machine with two cores. The reference has one process, which uses one core completely. */
function ladders() {
  const rung = (users: number, parts: Partial<Rung> = {}): Rung => ({
    phase: `users-${users}`,
    users,
    success: 1,
    p95Ms: 92,
    p99Ms: 138,
    perS: users,
    cores: users / 100,
    busy: 0,
    cpuMs: 10,
    lagMs: 11,
    pool: null,
    errors: {},
    broken: false,
    issue: null,
    ...parts,
  });
  const run = (mode: string, rungs: Rung[]): Excerpt =>
    excerpt({
      id: `run-of-${mode}`,
      circumstances: { 'label mode': mode },
      ladder: {
        rungs,
        carried: mode === 'single' ? 50 : 100,
        processes: mode === 'single' ? 1 : 2,
        cores: 2,
        capacity: null,
        connections: null,
        errors: {},
      },
      parts: [
        excerptPart(),
        ...rungs.map(({ phase, success }) =>
          excerptPart({
            scope: 'phase',
            name: phase,
            hits: { of: 'errors', count: Math.round(1000 * (1 - (success ?? 1))), trials: 1000 },
          }),
        ),
      ],
    });
  const busy = { success: 0.54, busy: 1, broken: true, issue: 'one of 2 cores busy' };
  return compare([run('single', [rung(50), rung(100, busy)])], [run('cluster', [rung(50), rung(100)])]);
}

describe('the comparison of two ladders', () => {
  const comparison = ladders();

  test('a ladder comparison shows in every format which deployment is better, for how many users, and why', async () => {
    const forms = [
      terminal(comparison, false).replaceAll(/ +/g, ' '),
      toMarkdown(comparisonDocument(comparison)).replaceAll(/ *\| */g, ' '),
      (await toHtml(comparisonDocument(comparison))).replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' '),
    ];
    for (const text of forms) {
      assert.match(text, /BETTER/);
      assert.match(text, /100 mode=single 54\.0 % 92\.0 ms 138 ms 100\/s 1\.00 ✗ one of 2 cores busy/);
      assert.match(text, /100 mode=cluster 100 % 92\.0 ms 138 ms 100\/s 1\.00 ✓ none ✓ better/);
      assert.match(text, /Load at which all criteria pass: mode=single up to 50 users, mode=cluster up to 100 users\./);
      assert.match(text, /mode=cluster is better than mode=single with 100 users\./);
      assert.match(text, /Causes with 100 users:/);
      assert.match(
        text.replaceAll(/\s+/g, ' '),
        /mode=single has one of 2 cores busy; mode=cluster used 1 core with 2 processes\./,
      );
    }
  });

  test('a ladder comparison states that there is no difference if both sides are the same', () => {
    const [reference] = comparison.reference;
    assert.ok(reference);
    const text = terminal(compare([reference], [reference]), false);
    assert.match(
      text,
      /With 50 and 100 users, the data does not show which deployment is better\.|The deployments are the same/,
    );
  });

  test('a comparison of tests without a ladder has no ladder section', () => {
    assert.ok(!comparisonDocument(worse).sections.some(({ id }) => id === 'ladder'));
  });
});

describe('the document of a comparison', () => {
  const document = comparisonDocument(worse);

  test('the comparison document contains every row of the comparison', () => {
    const rows = document.sections.flatMap(({ id, blocks }) =>
      blocks.flatMap((block) => (block.kind === 'table' && id !== 'summary' && id !== 'runs' ? block.rows : [])),
    );
    assert.equal(rows.length, worse.rows.length);
    assert.deepEqual(document.verdict, { words: 'WORSE', tone: 'bad' });
  });

  test('the comparison document explains why a section has no data', () => {
    const absent = comparisonDocument(oneEach).sections.filter(({ blocks }) => blocks[0]?.kind === 'absent');
    assert.deepEqual(
      absent.map(({ id }) => id),
      ['flows', 'steps', 'endpoints', 'phases', 'resources'],
    );
  });

  test('the comparison document has a percentile chart only if both sides have histograms', () => {
    const charts = ({ sections }: typeof document) =>
      sections.flatMap(({ blocks }) => blocks.filter(({ kind }) => kind === 'chart'));
    assert.equal(charts(document).length, 1);
    assert.equal(charts(comparisonDocument(oneEach)).length, 0);
  });

  test('the comparison document has the same values in Markdown and in HTML', async () => {
    const [markdown, html] = [toMarkdown(document), await toHtml(document)];
    for (const text of ['run-of-150-0', 'GET /items/:id', '+4.00 points', "Newcombe's method", 't3.medium']) {
      assert.ok(markdown.includes(text), text);
      assert.ok(html.includes(text.replaceAll("'", '&#39;')), text);
    }
  });
});
