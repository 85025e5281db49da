import { type GeneratorFigures, PROCESS_COLUMNS, type Result } from '../../../lib/core/evidence/index.ts';
import { formatCount, formatShare, formatValue } from '../../../lib/core/numbers/index.ts';
import type { Block, Section } from '../document.ts';
import { formatRange } from '../format.ts';
import { absent, figures, NOTHING, right, table } from './blocks.ts';
import { most } from './figures-of-samples.ts';
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
      ...(result.generators ? [generatorsTable(result.generators)] : []),
      ...(sampled.length > 0
        ? sampled
        : [absent('CPU and memory of k6 are not known: they can be read on Linux only.')]),
    ],
  };
}

/** Each of several by itself. */
const generatorsTable = (generators: readonly GeneratorFigures[]): Block =>
  table(
    'Generators',
    [
      'Generator',
      'Outcome',
      ...right(
        'Telemetry',
        'Requests by telemetry',
        'Requests by k6',
        'VUs',
        'Dropped iterations',
        'Highest CPU share',
        'Most memory',
      ),
    ],
    generators.map((one) => [
      one.name,
      one.outcomeReason === null ? one.outcome : `${one.outcome}: ${one.outcomeReason}`,
      one.startMs === null || one.endMs === null ? NOTHING : formatRange(one.startMs, one.endMs),
      formatCount(one.requests),
      one.requestsByK6 === null ? NOTHING : formatCount(one.requestsByK6),
      one.vusPlanned === 0
        ? formatCount(one.vusMax)
        : `${formatCount(one.vusMax)} of ${formatCount(one.vusPlanned)}`,
      formatCount(one.droppedIterations),
      formatValue(highest(one, PROCESS_COLUMNS.cpuShare), 'fraction'),
      formatValue(highest(one, PROCESS_COLUMNS.residentBytes), 'bytes'),
    ]),
  );

const highest = ({ samples }: GeneratorFigures, column: string): number | null =>
  most(column)(samples, [...samples.atMs.keys()]);
