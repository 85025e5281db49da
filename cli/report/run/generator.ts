import type { Result } from '../../../lib/core/result.ts';
import type { Section } from '../document.ts';
import { formatCount, formatShare } from '../format.ts';
import { absent, figures, NOTHING } from './blocks.ts';
import { topicBlocks } from './sampled.ts';
import { PROCESS } from './topics.ts';

/** Whether the load was delivered as planned, and what that took. */
export function generatorSection(result: Result): Section {
  const { generator, totals } = result;
  const { droppedIterations, vusMax, vusPlanned, requestsByK6, telemetryOverflowed, samples } = generator;
  const due = totals.iterations + droppedIterations;
  const sampled = PROCESS.flatMap((topic) => topicBlocks('generator', topic, samples, result));
  return {
    id: 'generator',
    title: 'Load generator',
    blocks: [
      figures('Delivery of the load', [
        ['VUs reached', formatCount(vusMax)],
        ['VUs planned', vusPlanned === 0 ? NOTHING : formatCount(vusPlanned)],
        ['Iterations', formatCount(totals.iterations)],
        ['Dropped iterations', formatCount(droppedIterations)],
        ['Share dropped', formatShare(droppedIterations, due)],
        ['Requests by telemetry', formatCount(totals.requests)],
        ['Requests by k6', requestsByK6 === null ? NOTHING : formatCount(requestsByK6)],
        ['More sets of tags than k6 keeps apart', telemetryOverflowed ? 'yes' : 'no'],
      ]),
      ...(sampled.length > 0
        ? sampled
        : [absent('CPU and memory of k6 are not known: they can be read on Linux only.')]),
    ],
  };
}
