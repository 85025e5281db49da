import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { flowMeanBelow, flowPercentileBelow, flowSuccessAbove, forStep } from '../../definition/index.ts';
import { alternating, evidenceOf, flowFigures, repeat, stepFigures, testJudgments } from '../../testing/evidence.ts';
import { judgeCriterion } from '../judge.ts';

describe('success rate of a flow', () => {
  const flow = (succeeded: number, iterations: number, name = 'order') =>
    evidenceOf({ flows: [flowFigures(name, { values: repeat(iterations, 100), succeeded })] });
  // Wilson's interval of 964 in 1000 begins at 95.06 %, that of 937 ends at 95.05 %, of 936 at 94.96 %.
  testJudgments(test, flowSuccessAbove('order', 0.95), [
    ['always', flow(1000, 1000), 'pass', 1],
    ['the lowest rate whose interval is above the limit', flow(964, 1000), 'pass', 0.964],
    ['one success fewer', flow(963, 1000), 'inconclusive', 0.963],
    ['at the limit', flow(950, 1000), 'inconclusive', 0.95],
    ['the lowest rate whose interval contains the limit', flow(937, 1000), 'inconclusive', 0.937],
    ['one success fewer than the lowest rate whose interval contains the limit', flow(936, 1000), 'fail', 0.936],
    ['never', flow(0, 1000), 'fail', 0],
    ['always, with too few iterations', flow(29, 29), 'no data', 1],
    ['no completed iteration', flow(0, 0), 'no data', null],
    ['a flow with another name', flow(1000, 1000, 'pay'), 'no data', null],
  ]);
});

describe('mean duration of a flow', () => {
  /** Windows with the given mean durations and `each` iterations; null is a window without iterations. */
  const flow = (meanMs: (number | null)[], { name = 'order', each = 10 } = {}) => {
    const iterations = meanMs.map((mean) => (mean === null ? 0 : each));
    return evidenceOf({
      flows: [flowFigures(name, { values: meanMs.flatMap((mean) => (mean === null ? [] : repeat(each, mean))) })],
      windows: { flows: { [name]: { iterations, succeeded: iterations, meanMs } } },
    });
  };
  testJudgments(test, flowMeanBelow('order', '5s'), [
    ['steadily under the limit', flow(repeat(10, 4999)), 'pass', 4999],
    ['steadily at the limit', flow(repeat(10, 5000)), 'fail', 5000],
    ['steadily over the limit', flow(repeat(10, 5001)), 'fail', 5001],
    ['varying well under the limit', flow(alternating(40, 4500, 500)), 'pass', 4500],
    ['varying about the limit', flow(alternating(40, 4990, 500)), 'inconclusive', 4990],
    ['varying well over the limit', flow(alternating(40, 5500, 500)), 'fail', 5500],
    ['windows without iterations do not lower the mean', flow([null, ...repeat(10, 5001), null, null]), 'fail', 5001],
    ['too few iterations', flow([100, 100]), 'no data', 100],
    ['enough iterations in the minimum number of windows', flow(repeat(3, 4999)), 'pass', 4999],
    ['enough iterations in too few windows', flow([...repeat(2, 4999), null], { each: 15 }), 'inconclusive', 4999],
    [
      'enough iterations without windows',
      evidenceOf({ flows: [flowFigures('order', { values: repeat(30, 100) })] }),
      'inconclusive',
      100,
    ],
    ['no completed iteration', flow([null, null]), 'no data', null],
    ['a flow with another name', flow(repeat(10, 100), { name: 'pay' }), 'no data', null],
  ]);

  test('the mean duration of a flow has an open interval and a note with too few windows', () => {
    const { interval, note } = judgeCriterion(flow([100, 100], { each: 15 }), flowMeanBelow('order', '5s'));
    assert.deepEqual(interval, { low: 0, high: null });
    assert.equal(note, 'too few windows to estimate the uncertainty');
  });
});

describe('percentile of a flow', () => {
  const flow = (values: number[], name = 'order') => evidenceOf({ flows: [flowFigures(name, { values })] });
  testJudgments(test, flowPercentileBelow('order', 0.95, '10s'), [
    ['just under', flow(repeat(1000, 9999)), 'pass', 9999],
    ['at the limit', flow(repeat(1000, 10_000)), 'fail', 10_000],
    ['just over', flow(repeat(1000, 10_001)), 'fail', 10_001],
    ['too few iterations', flow(repeat(199, 1)), 'no data', 1],
    ['no completed iteration', flow([]), 'no data', null],
    ['a flow with another name', flow(repeat(1000, 1), 'pay'), 'no data', null],
  ]);
});

describe('a step of a flow', () => {
  const paid = (values: number[], succeeded = values.length) =>
    evidenceOf({
      flows: [
        {
          ...flowFigures('order', { values: repeat(1000, 60_000), succeeded: 0 }),
          steps: [stepFigures('look', { values: repeat(1000, 1) }), stepFigures('pay', { values, succeeded })],
        },
      ],
    });
  testJudgments(test, forStep('pay', flowSuccessAbove('order', 0.95)), [
    ['always, although the flow never succeeds', paid(repeat(1000, 1)), 'pass', 1],
    ['the lowest rate whose interval is above the limit', paid(repeat(1000, 1), 964), 'pass', 0.964],
    ['one success fewer', paid(repeat(1000, 1), 963), 'inconclusive', 0.963],
    ['interval below the limit', paid(repeat(1000, 1), 936), 'fail', 0.936],
    ['too few attempts', paid(repeat(29, 1)), 'no data', 1],
    ['never attempted', paid([]), 'no data', null],
  ]);
  testJudgments(test, forStep('pay', flowMeanBelow('order', '1s')), [
    ['constant, just under the limit', paid(repeat(1000, 999)), 'pass', 999],
    ['constant, at the limit', paid(repeat(1000, 1000)), 'fail', 1000],
    ['interval under the limit', paid(alternating(1000, 960, 500)), 'pass', 960],
    ['interval contains the limit', paid(alternating(1000, 990, 500)), 'inconclusive', 990],
    ['interval over the limit', paid(alternating(1000, 1040, 500)), 'fail', 1040],
    ['too few attempts', paid(repeat(29, 1)), 'no data', 1],
    ['never attempted', paid([]), 'no data', null],
  ]);
  testJudgments(test, forStep('pay', flowPercentileBelow('order', 0.95, '1s')), [
    ['just under', paid(repeat(1000, 999)), 'pass', 999],
    ['at the limit', paid(repeat(1000, 1000)), 'fail', 1000],
    ['too few attempts', paid(repeat(199, 1)), 'no data', 1],
    ['never attempted', paid([]), 'no data', null],
  ]);
  testJudgments(test, forStep('ship', flowMeanBelow('order', '1s')), [
    ['no step with this name', paid([1]), 'no data', null],
  ]);
});
