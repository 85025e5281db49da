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
import {
  formatCount,
  formatMs,
  formatValue,
  median,
  wilsonInterval,
} from '../../../lib/core/numbers/index.ts';
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

/** What is told of a figure beside its chart. */
const BESIDE: Record<string, (records: readonly HistoryRecord[]) => Block[]> = { p95: endpoints };

export function figureSection(id: string, history: FigureHistory, timeline: HistoryTimeline): Section {
  const { figure, points } = history;
  const records = points.map(({ record }) => record);
  const title = capitalize(figure.title);
  const isNothing = figure.unit === 'fraction' && points.every(({ value }) => value === 0);
  return section(
    id,
    title,
    isNothing
      ? [absentBlock(`There was no error in ${formatCount(points.length)} runs.`)]
      : [
          figureChart(timeline, history, id, `${title}, by run`),
          ...changeBlocks(history),
          ...(BESIDE[figure.id]?.(records) ?? []),
        ],
  );
}

function endpoints(records: readonly HistoryRecord[]): Block[] {
  const latest = records.at(-1);
  if (!latest || latest.endpoints.length === 0) return [];
  const usual = (name: string, stat: 'p50' | 'p95' | 'p99') => {
    const values = records.flatMap(
      (record) => record.endpoints.find((one) => one.name === name)?.durationMs?.[stat] ?? [],
    );
    return values.length === 0 ? NO_VALUE : formatMs(median(values));
  };
  return [
    tableBlock(
      `Endpoints in the latest run, beside the median of all ${formatCount(records.length)} runs`,
      [
        'Endpoint',
        ...numberColumns('Requests', 'p50', 'usually', 'p95', 'usually', 'p99', 'usually', 'Error rate'),
      ],
      latest.endpoints.map(({ name, requests, errors, durationMs }) => [
        name,
        requests,
        ...(['p50', 'p95', 'p99'] as const).flatMap((stat) => [
          durationMs ? formatMs(durationMs[stat]) : NO_VALUE,
          usual(name, stat),
        ]),
        formatValue(errors / Math.max(1, requests), 'fraction'),
      ]),
    ),
  ];
}

/** What an overview says of a figure. */
export function latestValueText(histories: readonly FigureHistory[], id: TrackedFigure['id']): string {
  const history = histories.find(({ figure }) => figure.id === id);
  return history ? formatValue(history.points.at(-1)?.value ?? null, history.figure.unit) : NO_VALUE;
}

/** Sentences, each with what more there is to say of it below. */
export const statementBlocks = (statements: readonly Statement[]): Block[] =>
  statements.flatMap(({ sentence: what, details }) => [
    textBlock(what),
    ...(details.length > 0 ? [listBlock(details)] : []),
  ]);

export const statementLines = (statements: readonly Statement[]): string[] =>
  statements.flatMap(({ sentence: what, details }) => [
    ...wrapLines(what, '    ', '  '),
    ...details.flatMap((detail) => wrapLines(detail, '      ', '    ')),
  ]);

/** Each change in words; without any, that there is none. */
function changeBlocks({ figure, points, changes, unsearchedCount: unsearched }: FigureHistory): Block[] {
  const all = formatCount(points.length);
  return [
    ...(changes.length === 0
      ? [textBlock(`No change of the level was found in ${all} runs.`)]
      : statementBlocks(changes.map((change) => changeStatement(figure, change)))),
    ...(unsearched > 0
      ? [
          textBlock(
            `Changes were looked for in the latest ${formatCount(points.length - unsearched)} of ${all} runs.`,
          ),
        ]
      : []),
  ];
}

/** A flow over time: how many came through, and where those who did not were lost. */
export function flowSection(
  id: string,
  flow: string,
  history: FigureHistory,
  timeline: HistoryTimeline,
): Section {
  const halves = halvesOf(history, flow);
  const { succeeded, iterations, target, steps } = halves.latest;
  const promised = target === null ? '' : ` The target is more than ${percentText(target)}.`;
  return section(id, `Success of ${flow}`, [
    textBlock(
      `In the latest run ${formatCount(succeeded)} of ${formatCount(iterations)} succeeded, ${successText(succeeded, iterations)}.${promised}`,
    ),
    figureChart(timeline, history, id, `Success of ${flow}, by run`, target),
    ...changeBlocks(history),
    ...(steps.length > 0
      ? [stepsChart(id, flow, history, timeline), stepsTable(halves, history.changes.at(-1))]
      : []),
    ...reasonBlocks(id, flow, history, timeline),
  ]);
}

function successText(succeeded: number, attempts: number): string {
  const { low, high } = wilsonInterval(succeeded, attempts);
  return `${percentText(succeeded / attempts)} (${percentText(low)} to ${percentText(high)})`;
}

/** Without the steps at which nobody was ever lost. */
function stepsChart(id: string, flow: string, { points }: FigureHistory, timeline: HistoryTimeline): Block {
  const flows = flowsNamed(
    points.map(({ record }) => record),
    flow,
  );
  const steps = stepNames(flows).filter((step) => flows.some((one) => failuresAtStep(one, step) > 0));
  if (steps.length === 0) return absentBlock('No step was seen to fail.');
  return failuresChart(
    timeline,
    flow,
    `${id}-steps`,
    'Lost at each step, of all who began',
    steps.map((step) => ({ name: step, count: (one) => failuresAtStep(one, step) })),
  );
}

function stepsTable(halves: Halves, change: FigureHistory['changes'][number] | undefined): Block {
  const { latest, titles } = halves;
  const explaining = new Set(change?.explanation?.steps.map(({ step }) => step));
  return tableBlock(
    'Steps: success of those who came to each',
    ['Step', ...numberColumns('Came to it', 'In the latest run', ...titles, 'Mean', 'p95')],
    latest.steps.map(({ name, attempts, succeeded, durationMs }): CellValue[] => {
      if (attempts === 0) return [name, 'not observable', ...Array<Cell>(titles.length + 3).fill(NO_VALUE)];
      const cells: Cell[] = rateCells(halves, (flows) => stepSuccessRate(flows, name));
      const now = cells.pop() as string;
      return [
        name,
        attempts,
        successText(succeeded, attempts),
        ...cells,
        explaining.has(name) ? { text: now, tone: change?.isWorse ? 'bad' : 'good' } : now,
        ...(durationMs ? [formatMs(durationMs.mean), formatMs(durationMs.p95)] : [NO_VALUE, NO_VALUE]),
      ];
    }),
  );
}

/** A flow before the latest change of its success, and since; without one, all of it is since. */
interface Halves {
  before: FlowRecord[] | null;
  since: FlowRecord[];
  latest: FlowRecord;
  /** Titles of the columns that put them beside each other. */
  titles: string[];
}

function halvesOf({ points, segments: stretches }: FigureHistory, flow: string): Halves {
  const records = points.map(({ record }) => record);
  const [before, now] = [stretches.at(-2), stretches.at(-1)];
  const since = records.slice(now?.from ?? 0);
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

/** The cells below these titles. @param rate NaN where there is none */
export const rateCells = (
  { before, since }: Halves,
  rate: (flows: readonly FlowRecord[]) => number,
): string[] =>
  [...(before ? [before] : []), since].map((flows) => {
    const value = rate(flows);
    return Number.isNaN(value) ? NO_VALUE : percentText(value);
  });

/** More would not be told apart; the rest is one. */
const MOST_REASONS = 6;

/** Why iterations of a flow failed, over time and since its latest change. */
function reasonBlocks(id: string, flow: string, history: FigureHistory, timeline: HistoryTimeline): Block[] {
  const flows = flowsNamed(
    history.points.map(({ record }) => record),
    flow,
  );
  const reasons = failureReasons(flows);
  if (reasons.length === 0) return [absentBlock(`No ${flow} failed.`)];
  const halves = halvesOf(history, flow);
  return [
    failuresChart(
      timeline,
      flow,
      `${id}-reasons`,
      'Failures by reason, of all who began',
      grouped(reasons).map(({ name, reasons }) => ({
        name,
        count: (one) => reasons.reduce((sum, reason) => sum + failuresWithReason(one, reason), 0),
      })),
    ),
    tableBlock(
      'Failures by reason, as a share of all who began',
      ['Reason', ...numberColumns('In the latest run', 'Share', ...halves.titles)],
      reasons.map((reason) => {
        const count = (one: FlowRecord) => failuresWithReason(one, reason);
        return [
          reason,
          count(halves.latest),
          percentText(shareOfIterations([halves.latest], count)),
          ...rateCells(halves, (some) => shareOfIterations(some, count)),
        ];
      }),
    ),
  ];
}

function grouped(reasons: readonly string[]): { name: string; reasons: readonly string[] }[] {
  const rest = reasons.slice(MOST_REASONS);
  return [
    ...reasons.slice(0, MOST_REASONS).map((reason) => ({ name: reason, reasons: [reason] })),
    ...(rest.length > 0 ? [{ name: `${formatCount(rest.length)} others`, reasons: rest }] : []),
  ];
}
