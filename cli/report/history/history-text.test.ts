import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Change, flowSuccessFigure } from '../../../lib/core/across-runs/index.ts';
import { DAY_MS, nightlyRecord, nightStartMs } from '../../../lib/core/testing/history.ts';
import { cadenceText, changeStatement, commitRangeText, missingSpanTexts, testName } from './history-text.ts';

const HOUR_MS = DAY_MS / 24;

test('cadenceText states how often runs are scheduled', () => {
  const cases: [everyMs: number, text: string][] = [
    [DAY_MS, 'every day'],
    [7 * DAY_MS, 'every 7 days'],
    [HOUR_MS, 'every hour'],
    [36 * HOUR_MS, 'every 36 hours'],
  ];
  for (const [everyMs, text] of cases) assert.equal(cadenceText(everyMs), text);
});

test('testName returns test, environment and scale', () => {
  const scale = { time: 0.1, vus: 0.5 };
  const peak = { test: 'peak', environment: 'staging' as const, scale };
  assert.equal(testName({ ...peak, scaled: false }), 'peak on staging');
  assert.equal(testName({ ...peak, scaled: true }), 'peak on staging, time × 0.1, VUs × 0.5');
});

test('missingSpanTexts combines consecutive missing runs if the reason is the same', () => {
  const missing = [3, 5, 6, 7, 8].map((night) => ({
    atMs: nightStartMs(night),
    invalid: night === 8 ? [nightlyRecord(8, { run: { outcome: 'crashed' } })] : [],
  }));
  assert.deepEqual(missingSpanTexts(missing, DAY_MS), [
    '2026-11-03 (no run)',
    '2026-11-05 to 2026-11-07 (3 times: no run)',
    '2026-11-08 (no run that supports a verdict, crashed)',
  ]);
});

const changeOf = (parts: Partial<Change>): Change => ({
  index: 1,
  before: nightlyRecord(1, { run: { commits: { suite: 'a'.repeat(40), tests: null, service: null } } }),
  after: nightlyRecord(2, { run: { commits: { suite: 'b'.repeat(40), tests: null, service: null } } }),
  from: 0.97,
  to: 0.94,
  isWorse: true,
  alteredSettings: [],
  explanation: null,
  ...parts,
});

describe('commitRangeText', () => {
  const at = (night: number, suite: string | null) =>
    nightlyRecord(night, { run: { commits: { suite, tests: null, service: null } } });
  const cases: [what: string, change: Change, text: string][] = [
    ['commitRangeText shows the commits before and after a change', changeOf({}), 'aaaaaaaaaa..bbbbbbbbbb'],
    [
      'commitRangeText shows a single commit if it did not change',
      changeOf({ after: at(2, 'a'.repeat(40)) }),
      'both at aaaaaaaaaa',
    ],
    ['commitRangeText shows "unknown" if a commit is missing', changeOf({ before: at(1, null) }), 'unknown'],
  ];
  for (const [what, change, text] of cases) test(what, () => assert.equal(commitRangeText(change), text));
});

describe("text about a change of a flow's success", () => {
  const details = (explanation: Change['explanation']) =>
    changeStatement(flowSuccessFigure('order'), changeOf({ explanation })).details;
  const part = { from: 0.99, to: 0.96 };

  test('the details of a change state whether a step explains the change or contributes to it', () => {
    assert.deepEqual(details({ steps: [{ step: 'pay', share: 1.04, ...part }], reasons: [] }), [
      'The step pay explains this change: its success fell from 99.0 % to 96.0 %, which is 100 % of the change.',
    ]);
    assert.match(
      details({ steps: [{ step: 'pay', share: 0.4, ...part }], reasons: [] })[0] ?? '',
      /^The step pay contributes to this change: .* 40\.0 % of the change\.$/,
    );
  });

  test('the details of a change state that no single step explains the change, and list the failure reasons', () => {
    assert.deepEqual(details({ steps: [], reasons: [{ reason: 'pay: 429', share: 1, from: 0, to: 0.03 }] }), [
      'No single step explains this change.',
      'Failures “pay: 429” rose from 0 % to 3.00 % of all iterations.',
    ]);
  });
});
