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

/** Builds the section about flows: the steps, failures and success over time of each flow. */
export function flowsSection(result: Result): Section {
  const { flows } = result;
  return section(
    'flows',
    'Flows',
    flows.length === 0 ? absentBlock('The test has no flows.') : [],
    flows.map((flow) => flowSection(flow, result)),
  );
}

function flowSection(flow: FlowFigures, result: Result): Section {
  const { name, iterations, succeeded, steps } = flow;
  return section(
    `flow-${name}`,
    `Flow ${name}`,
    iterations === 0
      ? absentBlock('No iteration of this flow finished.')
      : [
          textBlock(
            `${formatCount(succeeded)} of ${formatCount(iterations)} iterations succeeded (${formatValue(flow.successRate, 'fraction')}), and ${formatCount(iterations - succeeded)} failed.`,
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
    ['Step', ...numberColumns('Attempts', 'Succeeded', 'Success', 'Mean', 'p95')],
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
  attempts: number,
  { succeeded, successRate, durationMs }: Pick<StepFigures, 'succeeded' | 'successRate' | 'durationMs'>,
): CellValue[] {
  return [name, attempts, succeeded, formatValue(successRate, 'fraction'), ...statTexts(durationMs, 'mean', 'p95')];
}

function failures({ failures: reasons, iterations, succeeded }: FlowFigures): Block {
  if (succeeded === iterations) return absentBlock('No iteration failed.');
  return tableOrAbsent(
    'The reasons for these failures are unknown, because their telemetry was lost.',
    'Failures by reason',
    ['Reason', ...numberColumns('Failures', 'Share of failures')],
    reasons.map(({ reason, count, share }) => [reason, count, formatValue(share, 'fraction')]),
  );
}

const TWO_MINUTES_MS = 2 * 60_000;
const MAX_ROWS = 20;
const MAX_ROWS_OF_SHORT_RUN = 6;

/**
 * Returns the length of the period that one table row covers: two minutes, less in a short run, and more in a run of
 * hours.
 */
function rowLengthMs({ run, windows }: Result): number {
  const minLengthMs = longestWindowMs(windows);
  return run.durationMs < 2 * TWO_MINUTES_MS
    ? evenPeriodLengthMs(run.durationMs, MAX_ROWS_OF_SHORT_RUN, minLengthMs)
    : Math.max(TWO_MINUTES_MS, evenPeriodLengthMs(run.durationMs, MAX_ROWS, minLengthMs));
}

function successOverTime({ name }: FlowFigures, result: Result): Block[] {
  const { run, windows } = result;
  const columns = windows.flows[name];
  if (!columns || windows.startMs.length === 0) return [absentBlock('No telemetry window is complete.')];
  const { iterations, succeeded } = columns;
  const share = (part: number, total: number) => (total === 0 ? null : part / total);
  return [
    timeChartBlock(run, {
      id: `success-${name}`,
      title: `Success of ${name}`,
      unit: 'fraction',
      atMs: windows.startMs,
      series: [{ name: 'success rate', values: iterations.map((count, i) => share(succeeded[i] ?? 0, count)) }],
    }),
    tableBlock(
      'Success over time, by the end time of each iteration',
      ['Time', ...numberColumns('Ended', 'Succeeded', 'Failed', 'Success')],
      periodsWithWindows(result, rowLengthMs(result)).map(({ fromMs, toMs, indexes }) => {
        const endedCount = sumAt(iterations, indexes);
        const succeededCount = sumAt(succeeded, indexes);
        return [
          formatRange(fromMs, toMs),
          endedCount,
          succeededCount,
          endedCount - succeededCount,
          formatValue(share(succeededCount, endedCount), 'fraction'),
        ];
      }),
    ),
  ];
}
