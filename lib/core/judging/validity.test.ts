import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Evidence, Generator, Run, RunOutcome } from '../evidence/index.ts';
import { emptyEvidence, evenWindows, evidenceOf, repeat } from '../testing/evidence.ts';
import { generatorFiguresWith } from '../testing/generators.ts';
import { reasonsInvalid } from './validity.ts';

const loadOf = (iterations: number, droppedIterations: number) =>
  evidenceOf({ totals: { iterations }, generator: { droppedIterations } });

const vus = (vusMax: number, vusPlanned: number) => evidenceOf({ generator: { vusMax, vusPlanned } });

const generatorCpu = (cpuShare: (number | null)[]) =>
  evidenceOf({ generator: { samples: { atMs: cpuShare.map((_, i) => i * 1000), columns: { cpuShare } } } });

const burst = (vus: number, began: number) => evidenceOf({ bursts: [{ phase: 'claims', vus, began, spreadMs: 3 }] });

const counts = (requests: number, requestsByK6: number) =>
  evidenceOf({ totals: { requests }, statuses: { 200: requests }, generator: { requestsByK6 } });

const withoutSummary = (outcome: RunOutcome) =>
  evidenceOf({ run: { outcome, partial: true }, generator: { requestsByK6: null } });

const rules: Record<string, [situation: string, evidence: Evidence, reasons: RegExp[]][]> = {
  bursts: [
    ['all VUs started', burst(15, 15), []],
    ['some VUs did not start', burst(15, 14), [/^load not delivered: 14 of 15 VUs started in the burst claims$/]],
  ],
  outcome: [
    ['completed', evidenceOf(), []],
    [
      'aborted',
      evidenceOf({ run: { outcome: 'aborted', outcomeReason: 'the test aborted itself' } }),
      [/^the run was aborted: the test aborted itself$/],
    ],
    ['k6 crashed without a reason', evidenceOf({ run: { outcome: 'crashed' } }), [/^the run crashed: reason unknown$/]],
    [
      'interrupted before anything was measured: only one reason',
      {
        ...emptyEvidence(),
        run: evidenceOf({ run: { outcome: 'interrupted', outcomeReason: 'stopped by the user' } }).run,
      },
      [/^the run was interrupted: stopped by the user$/],
    ],
  ],
  'something measured': [['no requests', emptyEvidence(), [/^no request was sent, or no telemetry arrived$/]]],
  "k6's summary written": [
    ['summary written after a complete run', evidenceOf(), []],
    ['summary missing after a complete run', withoutSummary('completed'), [/^k6 wrote no summary, /]],
    ['summary missing after a crash, which is reported instead', withoutSummary('crashed'), [/^the run crashed/]],
  ],
  'target reached': [
    ['no response to any request', evidenceOf({ statuses: { 0: 1000 } }), [/^the target was never reached/]],
    ['a single response', evidenceOf({ statuses: { 0: 999, 503: 1 } }), []],
  ],
  'iterations dropped': [
    ['none', loadOf(1000, 0), []],
    ['exactly one in a thousand iterations dropped', loadOf(999, 1), []],
    [
      'more than one in a thousand iterations dropped',
      loadOf(998, 1),
      [/^load not delivered: 1 iteration dropped \(0\.10 %\)$/],
    ],
    ['all', loadOf(0, 50), [/^load not delivered: 50 iterations dropped \(100 %\)$/]],
  ],
  'VUs reached': [
    ['all', vus(500, 500), []],
    ['exactly 99 % of the VUs reached', vus(495, 500), []],
    ['fewer', vus(494, 500), [/^load not delivered: 494 of 500 VUs started$/]],
    ['an open workload plans no VUs', vus(3, 0), []],
  ],
  'generator saturated': [
    ['never', generatorCpu(repeat(8, 0.5)), []],
    ['CPU use at the limit, not above', generatorCpu(repeat(8, 0.9)), []],
    ['CPU above the limit in a quarter of the samples', generatorCpu([...repeat(6, 0.5), 0.95, 0.95]), []],
    [
      'CPU above the limit in more than a quarter of the samples',
      generatorCpu([...repeat(5, 0.5), ...repeat(3, 0.95)]),
      [/^generator saturated: .* 90 % of all cores in 3 of 8 samples$/],
    ],
    ['CPU above the limit in all samples, but too few samples', generatorCpu(repeat(3, 1)), []],
    ['CPU cannot be read', generatorCpu(repeat(8, null)), []],
    ['samples without a value do not count', generatorCpu([null, null, ...repeat(4, 1)]), [/4 of 4 samples$/]],
  ],
  'telemetry complete': [
    ['telemetry and k6 count the same requests', counts(1000, 1000), []],
    ['one in a thousand requests lost in telemetry', counts(999, 1000), []],
    [
      'two in a thousand requests lost in telemetry',
      counts(998, 1000),
      [/^telemetry incomplete: k6 counted 1000 requests, but telemetry has 998$/],
    ],
    ['telemetry counts more requests than k6', counts(1002, 1000), [/^telemetry incomplete/]],
    ['no requests in either count', counts(0, 0), [/^no request was sent/]],
    ['all requests lost in telemetry', counts(0, 1000), [/^no request was sent/, /^telemetry incomplete/]],
  ],
  'telemetry overflowed': [
    ['overflowed', evidenceOf({ generator: { telemetryOverflowed: true } }), [/^telemetry overflowed/]],
    ['telemetry did not overflow', evidenceOf({ generator: { telemetryOverflowed: false } }), []],
  ],
};

/** A run with the generators a and b, each with half of the load. */
const twoGenerators = (
  partsOfB: Parameters<typeof generatorFiguresWith>[1],
  { generator = {}, run = {} }: { generator?: Partial<Generator>; run?: Partial<Run> } = {},
) =>
  evidenceOf({
    run,
    generator,
    windows: evenWindows(12, 5000, {}),
    generators: [generatorFiguresWith('a'), generatorFiguresWith('b', partsOfB)],
  });

rules['one of several generators'] = [
  ['no problem', twoGenerators({}), []],
  [
    'one generator was killed',
    twoGenerators(
      { outcome: 'crashed', requestsByK6: null },
      { run: { outcome: 'crashed', outcomeReason: 'b: killed' }, generator: { requestsByK6: null } },
    ),
    [/^the run crashed: b: killed$/],
  ],
  [
    'no telemetry from one generator',
    twoGenerators({ startMs: null, endMs: null, requests: 0 }),
    [
      /^generators missing: no telemetry arrived from b$/,
      /^telemetry incomplete: b counted 500 requests, but telemetry has 0$/,
    ],
  ],
  [
    'one generator lost some telemetry, but little of the total',
    twoGenerators({ requestsByK6: 501 }),
    [/^telemetry incomplete: b counted 501 requests, but telemetry has 500$/],
  ],
  [
    'one generator wrote no summary',
    twoGenerators({ requestsByK6: null, durationMs: null }, { generator: { requestsByK6: null } }),
    [/^b wrote no summary, /],
  ],
  ['one generator started two windows late', twoGenerators({ endMs: 70_000 }), []],
  [
    'one generator started more than two windows late',
    twoGenerators({ endMs: 70_001 }),
    [/^load not delivered at the same time: b started 10s after the first generator$/],
  ],
  ['one generator had no load at the start and at the end', twoGenerators({ startMs: 30_000, endMs: 35_000 }), []],
  [
    'one generator had too few VUs',
    twoGenerators({ vusMax: 3 }, { generator: { vusMax: 8, vusPlanned: 10 } }),
    [/^load not delivered: 8 of 10 VUs started: b 3 of 5$/],
  ],
  [
    'one generator dropped iterations',
    twoGenerators({ droppedIterations: 20 }, { generator: { droppedIterations: 20 } }),
    [/^load not delivered: 20 iterations dropped \(.* %\): b 20$/],
  ],
  [
    'one generator is saturated on its own machine',
    twoGenerators({ samples: { atMs: repeat(8, 0), columns: { cpuShare: repeat(8, 0.95) } } }),
    [/^generator saturated: b used more than 90 % of all cores in 8 of 8 samples$/],
  ],
];

for (const [rule, cases] of Object.entries(rules)) {
  describe(rule, () => {
    for (const [situation, evidence, expected] of cases) {
      test(`run validity, ${situation}: ${expected.length === 0 ? 'valid' : 'invalid'}`, () => {
        const reasons = reasonsInvalid(evidence);
        assert.equal(reasons.length, expected.length, reasons.join('; '));
        for (const [i, pattern] of expected.entries()) assert.match(reasons[i] as string, pattern);
      });
    }
  });
}

test('an incomplete run is not also reported as undelivered load', () => {
  const evidence = evidenceOf({
    run: { outcome: 'interrupted', outcomeReason: 'stopped by the user' },
    generator: { droppedIterations: 500, vusMax: 3, vusPlanned: 500 },
  });
  assert.equal(reasonsInvalid(evidence).length, 1);
});
