import type { FlowFigures, Result, StepFigures } from '../../../lib/core/evidence/index.ts';
import { formatCount, formatValue } from '../../../lib/core/numbers/index.ts';
import {
  absentBlock,
  type CellValue,
  NO_VALUE,
  numberColumns,
  section,
  statTexts,
  tableBlock,
  tableOrAbsent,
  textBlock,
  timeChartBlock,
} from '../block-builders.ts';
import { formatRange } from '../format.ts';
import type { Block, Cell, Section } from '../report-document.ts';
import { evenPeriodLengthMs, longestWindowMs, periodsWithWindows, sumAt } from './even-periods.ts';

/** Journeys of users, from the first step to the last. */
export function flowsSection(result: Result): Section {
  const { flows } = result;
  return section(
    'flows',
    'Flows',
    flows.length === 0 ? absentBlock('The test has no flow: its requests stand alone.') : [],
    flows.map((flow) => flowSection(flow, result)),
  );
}

function flowSection(flow: FlowFigures, result: Result): Section {
  const { name, iterations, succeeded, steps } = flow;
  return section(
    `flow-${name}`,
    `Flow ${name}`,
    iterations === 0
      ? absentBlock('None of them has ended.')
      : [
          textBlock(
            `${formatCount(succeeded)} of ${formatCount(iterations)} succeeded (${formatValue(flow.successRate, 'fraction')}), ${formatCount(iterations - succeeded)} failed.`,
          ),
          {
            kind: 'chart',
            type: 'funnel',
            id: `funnel-${name}`,
            title: `Steps of ${name}`,
            steps: steps.map((step) => ({
              name: step.name,
              entered: step.attempts,
              succeeded: step.succeeded,
              observable: step.observable,
            })),
          },
          stepsTable(flow),
          failures(flow),
          ...successOverTime(flow, result),
        ],
  );
}

const stepsTable = (flow: FlowFigures): Block =>
  tableBlock(
    'Steps',
    ['Step', ...numberColumns('Times', 'Succeeded', 'Success', 'Mean', 'p95')],
    [
      ...flow.steps.map((step) =>
        step.observable
          ? figureCells(step.name, step.attempts, step)
          : [step.name, 'not observable', ...Array<Cell>(4).fill(NO_VALUE)],
      ),
      figureCells('whole flow', flow.iterations, flow),
    ],
  );

function figureCells(
  name: string,
  times: number,
  { succeeded, successRate, durationMs }: Pick<StepFigures, 'succeeded' | 'successRate' | 'durationMs'>,
): CellValue[] {
  return [
    name,
    times,
    succeeded,
    formatValue(successRate, 'fraction'),
    ...statTexts(durationMs, 'mean', 'p95'),
  ];
}

function failures({ failures: reasons, iterations, succeeded }: FlowFigures): Block {
  if (succeeded === iterations) return absentBlock('None of them failed.');
  return tableOrAbsent(
    'The telemetry lost why they failed.',
    'Failures by reason',
    ['Reason', ...numberColumns('Times', 'Share of failures')],
    reasons.map(({ reason, count, share }) => [reason, count, formatValue(share, 'fraction')]),
  );
}

const TWO_MINUTES = 2 * 60_000;
const MOST_ROWS = 20;
const ROWS_OF_A_SHORT_RUN = 6;

/** Two minutes, where a run has several of them; longer in a run of hours. */
function intervalOf({ run, windows }: Result): number {
  const shortest = longestWindowMs(windows);
  return run.durationMs < 2 * TWO_MINUTES
    ? evenPeriodLengthMs(run.durationMs, ROWS_OF_A_SHORT_RUN, shortest)
    : Math.max(TWO_MINUTES, evenPeriodLengthMs(run.durationMs, MOST_ROWS, shortest));
}

function successOverTime({ name }: FlowFigures, result: Result): Block[] {
  const { run, windows } = result;
  const columns = windows.flows[name];
  if (!columns || windows.startMs.length === 0) return [absentBlock('No window of the telemetry closed.')];
  const { iterations, succeeded } = columns;
  const share = (ok: number, all: number) => (all === 0 ? null : ok / all);
  return [
    timeChartBlock(run, {
      id: `success-${name}`,
      title: `Success of ${name}`,
      unit: 'fraction',
      atMs: windows.startMs,
      series: [
        { name: 'success rate', values: iterations.map((count, i) => share(succeeded[i] ?? 0, count)) },
      ],
    }),
    tableBlock(
      'Success over time, by when a flow ended',
      ['Time', ...numberColumns('Ended', 'Succeeded', 'Failed', 'Success')],
      periodsWithWindows(result, intervalOf(result)).map(({ fromMs, toMs, indexes }) => {
        const all = sumAt(iterations, indexes);
        const ok = sumAt(succeeded, indexes);
        return [formatRange(fromMs, toMs), all, ok, all - ok, formatValue(share(ok, all), 'fraction')];
      }),
    ),
  ];
}
