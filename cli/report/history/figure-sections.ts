import {
  type FigureHistory,
  type FlowRecord,
  failureReasons,
  failuresAtStep,
  failuresWithReason,
  flowsNamed,
  type HistoryRecord,
  shareOfIterations,
  stepNames,
  stepSuccessRate,
  type TrackedFigure,
} from '../../../lib/core/across-runs/index.ts';
import { formatCount, formatMs, formatValue, median, wilsonInterval } from '../../../lib/core/numbers/index.ts';
import {
  absentBlock,
  type CellValue,
  listBlock,
  NO_VALUE,
  numberColumns,
  section,
  tableBlock,
  textBlock,
} from '../block-builders.ts';
import { capitalize, formatDay } from '../format.ts';
import type { Block, Cell, Section } from '../report-document.ts';
import { wrapLines } from '../terminal.ts';
import { changeStatement, percentText, type Statement, startedAtMs } from './history-text.ts';
import { failuresChart, figureChart, type HistoryTimeline } from './timeline.ts';

/** Blocks that follow the chart of a figure, by the id of the figure. */
const ADDITIONAL_BLOCKS: Record<string, (records: readonly HistoryRecord[]) => Block[]> = { p95: endpoints };

export function figureSection(id: string, history: FigureHistory, timeline: HistoryTimeline): Section {
  const { figure, points } = history;
  const records = points.map(({ record }) => record);
  const title = capitalize(figure.title);
  const isAlwaysZero = figure.unit === 'fraction' && points.every(({ value }) => value === 0);
  return section(
    id,
    title,
    isAlwaysZero
      ? [absentBlock(`There were no errors in ${formatCount(points.length)} runs.`)]
      : [
          figureChart(timeline, history, id, `${title}, by run`),
          ...changeBlocks(history),
          ...(ADDITIONAL_BLOCKS[figure.id]?.(records) ?? []),
        ],
  );
}

function endpoints(records: readonly HistoryRecord[]): Block[] {
  const latest = records.at(-1);
  if (!latest || latest.endpoints.length === 0) return [];
  const medianOf = (name: string, stat: 'p50' | 'p95' | 'p99') => {
    const values = records.flatMap(
      (record) => record.endpoints.find((endpoint) => endpoint.name === name)?.responseTimeMs?.[stat] ?? [],
    );
    return values.length === 0 ? NO_VALUE : formatMs(median(values));
  };
  return [
    tableBlock(
      `Endpoints in the latest run, with medians of all ${formatCount(records.length)} runs`,
      ['Endpoint', ...numberColumns('Requests', 'p50', 'Median', 'p95', 'Median', 'p99', 'Median', 'Error rate')],
      latest.endpoints.map(({ name, requests, errors, responseTimeMs }) => [
        name,
        requests,
        ...(['p50', 'p95', 'p99'] as const).flatMap((stat) => [
          responseTimeMs ? formatMs(responseTimeMs[stat]) : NO_VALUE,
          medianOf(name, stat),
        ]),
        formatValue(errors / Math.max(1, requests), 'fraction'),
      ]),
    ),
  ];
}

/** Returns the value of a figure in the latest run as text. */
export function latestValueText(histories: readonly FigureHistory[], id: TrackedFigure['id']): string {
  const history = histories.find(({ figure }) => figure.id === id);
  return history ? formatValue(history.points.at(-1)?.value ?? null, history.figure.unit) : NO_VALUE;
}

/** Returns a text block per statement, followed by the details of the statement as a list. */
export const statementBlocks = (statements: readonly Statement[]): Block[] =>
  statements.flatMap(({ sentence, details }) => [
    textBlock(sentence),
    ...(details.length > 0 ? [listBlock(details)] : []),
  ]);

export const statementLines = (statements: readonly Statement[]): string[] =>
  statements.flatMap(({ sentence, details }) => [
    ...wrapLines(sentence, '    ', '  '),
    ...details.flatMap((detail) => wrapLines(detail, '      ', '    ')),
  ]);

/** Describes each change of a figure in a sentence, or states that its level did not change. */
function changeBlocks({ figure, points, changes, unsearchedCount }: FigureHistory): Block[] {
  const runCount = formatCount(points.length);
  return [
    ...(changes.length === 0
      ? [textBlock(`The level did not change in ${runCount} runs.`)]
      : statementBlocks(changes.map((change) => changeStatement(figure, change)))),
    ...(unsearchedCount > 0
      ? [
          textBlock(
            `Only the latest ${formatCount(points.length - unsearchedCount)} of ${runCount} runs were searched for changes.`,
          ),
        ]
      : []),
  ];
}

/** Builds the section about one flow: its success over time, and its failures by step and by reason. */
export function flowSection(id: string, flow: string, history: FigureHistory, timeline: HistoryTimeline): Section {
  const halves = halvesOf(history, flow);
  const { succeeded, iterations, target, steps } = halves.latest;
  const targetSentence = target === null ? '' : ` The target is more than ${percentText(target)}.`;
  return section(id, `Success of ${flow}`, [
    textBlock(
      `In the latest run, ${formatCount(succeeded)} of ${formatCount(iterations)} iterations succeeded, ${successText(succeeded, iterations)}.${targetSentence}`,
    ),
    figureChart(timeline, history, id, `Success of ${flow}, by run`, target),
    ...changeBlocks(history),
    ...(steps.length > 0 ? [stepsChart(id, flow, history, timeline), stepsTable(halves, history.changes.at(-1))] : []),
    ...reasonBlocks(id, flow, history, timeline),
  ]);
}

function successText(succeeded: number, attempts: number): string {
  const { low, high } = wilsonInterval(succeeded, attempts);
  return `${percentText(succeeded / attempts)} (${percentText(low)} to ${percentText(high)})`;
}

/** Builds a chart of the failures at each step over time. Steps that never failed are omitted. */
function stepsChart(id: string, flow: string, { points }: FigureHistory, timeline: HistoryTimeline): Block {
  const flows = flowsNamed(
    points.map(({ record }) => record),
    flow,
  );
  const steps = stepNames(flows).filter((step) => flows.some((flowRecord) => failuresAtStep(flowRecord, step) > 0));
  if (steps.length === 0) return absentBlock('No step failed.');
  return failuresChart(
    timeline,
    flow,
    `${id}-steps`,
    'Failures by step, as a share of all iterations',
    steps.map((step) => ({ name: step, count: (flowRecord) => failuresAtStep(flowRecord, step) })),
  );
}

function stepsTable(halves: Halves, change: FigureHistory['changes'][number] | undefined): Block {
  const { latest, titles } = halves;
  const explaining = new Set(change?.explanation?.steps.map(({ step }) => step));
  return tableBlock(
    'Steps, with their success',
    ['Step', ...numberColumns('Attempts', 'Latest run', ...titles, 'Mean', 'p95')],
    latest.steps.map(({ name, attempts, succeeded, durationMs }): CellValue[] => {
      if (attempts === 0) return [name, 'not observable', ...Array<Cell>(titles.length + 3).fill(NO_VALUE)];
      const cells: Cell[] = rateCells(halves, (flows) => stepSuccessRate(flows, name));
      const current = cells.pop() as string;
      return [
        name,
        attempts,
        successText(succeeded, attempts),
        ...cells,
        explaining.has(name) ? { text: current, tone: change?.isWorse ? 'bad' : 'good' } : current,
        ...(durationMs ? [formatMs(durationMs.mean), formatMs(durationMs.p95)] : [NO_VALUE, NO_VALUE]),
      ];
    }),
  );
}

/**
 * The runs of a flow before and since the latest change of its success. Without a change, `since` contains all runs.
 */
interface Halves {
  before: FlowRecord[] | null;
  since: FlowRecord[];
  latest: FlowRecord;
  /** Column titles for the runs in `before` and in `since`. */
  titles: string[];
}

function halvesOf({ points, segments }: FigureHistory, flow: string): Halves {
  const records = points.map(({ record }) => record);
  const [before, current] = [segments.at(-2), segments.at(-1)];
  const since = records.slice(current?.from ?? 0);
  const [first] = since;
  return {
    before: before ? flowsNamed(records.slice(before.from, before.to), flow) : null,
    since: flowsNamed(since, flow),
    latest: flowsNamed(since, flow).at(-1) as FlowRecord,
    titles:
      before && first
        ? [`Before ${formatDay(startedAtMs(first))}`, 'Since']
        : [`All ${formatCount(since.length)} runs`],
  };
}

/**
 * Returns the cells below {@link Halves.titles}.
 * @param rate returns NaN if there is no rate
 */
const rateCells = ({ before, since }: Halves, rate: (flows: readonly FlowRecord[]) => number): string[] =>
  [...(before ? [before] : []), since].map((flows) => {
    const value = rate(flows);
    return Number.isNaN(value) ? NO_VALUE : percentText(value);
  });

/**
 * The maximum number of reasons in a chart, so that it stays readable. All further reasons are combined into one
 * series.
 */
const MAX_REASONS_SHOWN = 6;

/**
 * Builds a chart and a table of a flow's failures by reason. The table compares runs before and since the latest
 * change.
 */
function reasonBlocks(id: string, flow: string, history: FigureHistory, timeline: HistoryTimeline): Block[] {
  const flows = flowsNamed(
    history.points.map(({ record }) => record),
    flow,
  );
  const reasons = failureReasons(flows);
  if (reasons.length === 0) return [absentBlock(`No iteration of ${flow} failed.`)];
  const halves = halvesOf(history, flow);
  return [
    failuresChart(
      timeline,
      flow,
      `${id}-reasons`,
      'Failures by reason, as a share of all iterations',
      grouped(reasons).map(({ name, reasons }) => ({
        name,
        count: (flowRecord) => reasons.reduce((sum, reason) => sum + failuresWithReason(flowRecord, reason), 0),
      })),
    ),
    tableBlock(
      'Failures by reason, as a share of all iterations',
      ['Reason', ...numberColumns('Latest run', 'Share', ...halves.titles)],
      reasons.map((reason) => {
        const count = (flowRecord: FlowRecord) => failuresWithReason(flowRecord, reason);
        return [
          reason,
          count(halves.latest),
          percentText(shareOfIterations([halves.latest], count)),
          ...rateCells(halves, (flows) => shareOfIterations(flows, count)),
        ];
      }),
    ),
  ];
}

function grouped(reasons: readonly string[]): { name: string; reasons: readonly string[] }[] {
  const rest = reasons.slice(MAX_REASONS_SHOWN);
  return [
    ...reasons.slice(0, MAX_REASONS_SHOWN).map((reason) => ({ name: reason, reasons: [reason] })),
    ...(rest.length > 0 ? [{ name: `${formatCount(rest.length)} other reasons`, reasons: rest }] : []),
  ];
}
