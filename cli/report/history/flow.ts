import type { FigureHistory } from '../../../lib/core/history/changes.ts';
import { failuresAt, pooledRate, shareOf } from '../../../lib/core/history/explain.ts';
import { flowIn } from '../../../lib/core/history/figures.ts';
import type { FlowRecord, HistoryRecord } from '../../../lib/core/history/record.ts';
import { wilsonInterval } from '../../../lib/core/statistics.ts';
import type { Block, Cell, Section } from '../document.ts';
import { formatCount, formatMs } from '../format.ts';
import { absent, NOTHING, right, table, text } from '../run/blocks.ts';
import { statementBlocks } from './statements.ts';
import { figureChart, stackedChart, type Timeline } from './timeline.ts';
import { changeStatement, day, percent, readingText, startedAt } from './words.ts';

/** A flow over time: how many came through, and where those who did not were lost. */
export function flowSection(id: string, flow: string, history: FigureHistory, timeline: Timeline): Section {
  const { figure, points, changes } = history;
  const flows = points.flatMap(({ record }) => flowIn(record, flow) ?? []);
  const latest = flows.at(-1) as FlowRecord;
  const promised = latest.target === null ? '' : ` The test promises more than ${percent(latest.target)}.`;
  const reading = points.at(-1);
  return {
    id,
    title: `Success of ${flow}`,
    blocks: [
      text(
        `${formatCount(latest.succeeded)} of ${formatCount(latest.iterations)} in the latest run: ${reading ? readingText(figure, reading) : NOTHING}.${promised}`,
      ),
      figureChart(timeline, history, id, `Success of ${flow}, by run`, latest.target),
      ...changeBlocks(history),
      ...(latest.steps.length > 0 ? [stepsChart(id, flow, flows, timeline), stepsTable(history, flow)] : []),
      ...reasonBlocks(id, flow, history, timeline, changes.length > 0),
    ],
  };
}

/** Each change in words; without any, that there is none. */
export function changeBlocks({ figure, points, changes, unsearched }: FigureHistory): Block[] {
  const searched =
    unsearched === 0
      ? ''
      : ` Only the latest ${formatCount(points.length - unsearched)} of ${formatCount(points.length)} runs were looked at for changes.`;
  return changes.length === 0
    ? [text(`No change of the level was found in ${formatCount(points.length)} runs.${searched}`)]
    : [
        ...statementBlocks(changes.map((change) => changeStatement(figure, change))),
        ...(searched ? [text(searched.trim())] : []),
      ];
}

/** The runs before the latest change and those since; without a change, all of them are the latter. */
function halves({ points, stretches }: FigureHistory): {
  before: HistoryRecord[] | null;
  since: HistoryRecord[];
} {
  const records = points.map(({ record }) => record);
  const [before, since] = [stretches.at(-2), stretches.at(-1)];
  return {
    before: before ? records.slice(before.from, before.to) : null,
    since: records.slice(since?.from ?? 0),
  };
}

const flowsIn = (records: readonly HistoryRecord[], flow: string): FlowRecord[] =>
  records.flatMap((record) => flowIn(record, flow) ?? []);

/** Titles of the columns that compare what was before the latest change with what has been since. */
function columnsOf({ before, since }: ReturnType<typeof halves>): string[] {
  return before && since[0]
    ? [`Before ${day(startedAt(since[0]))}`, 'Since']
    : [`All ${formatCount(since.length)} runs`];
}

/** Of the steps at which any was lost at all. */
function stepsChart(id: string, flow: string, flows: readonly FlowRecord[], timeline: Timeline): Block {
  const lossy = namesIn(flows, (one) =>
    one.steps.filter(({ name }) => failuresAt(one, name) > 0).map(({ name }) => name),
  );
  const steps = (flows.at(-1)?.steps ?? []).map(({ name }) => name).filter((name) => lossy.includes(name));
  if (steps.length === 0) return absent('No step was seen to fail.');
  return stackedChart(
    timeline,
    `${id}-steps`,
    'Lost at each step, of all who began',
    steps.map((name) => ({
      name,
      of: (record) => shareIn(record, flow, (one) => failuresAt(one, name)),
    })),
  );
}

const namesIn = (flows: readonly FlowRecord[], names: (flow: FlowRecord) => string[]): string[] => [
  ...new Set(flows.flatMap(names)),
];

function shareIn(record: HistoryRecord, flow: string, count: (flow: FlowRecord) => number): number {
  const found = flowIn(record, flow);
  return found && found.iterations > 0 ? count(found) / found.iterations : 0;
}

function stepsTable(history: FigureHistory, flow: string): Block {
  const parts = halves(history);
  const [before, since] = [flowsIn(parts.before ?? [], flow), flowsIn(parts.since, flow)];
  const latest = since.at(-1) as FlowRecord;
  const explaining = new Set(history.changes.at(-1)?.explanation?.steps.map(({ step }) => step));
  return table(
    'Steps: success of those who came to each',
    ['Step', ...right('Came to it', 'Succeeded', 'Interval', ...columnsOf(parts), 'Mean', 'p95')],
    latest.steps.map(({ name, attempts, succeeded, durationMs }): Cell[] => {
      if (attempts === 0)
        return [name, 'not observable', ...Array<Cell>(columnsOf(parts).length + 4).fill(NOTHING)];
      const { low, high } = wilsonInterval(succeeded, attempts);
      const now = percent(pooledRate(since, name));
      return [
        name,
        formatCount(attempts),
        percent(succeeded / attempts),
        `${percent(low)} to ${percent(high)}`,
        ...(parts.before ? [percent(pooledRate(before, name))] : []),
        explaining.has(name) ? { text: now, tone: history.changes.at(-1)?.isWorse ? 'bad' : 'good' } : now,
        ...(durationMs ? [formatMs(durationMs.mean), formatMs(durationMs.p95)] : [NOTHING, NOTHING]),
      ];
    }),
  );
}

/** More would not be told apart; the rest is one. */
const MOST_REASONS = 6;

function reasonBlocks(
  id: string,
  flow: string,
  history: FigureHistory,
  timeline: Timeline,
  hasChanged: boolean,
): Block[] {
  const parts = halves(history);
  const [before, since] = [flowsIn(parts.before ?? [], flow), flowsIn(parts.since, flow)];
  const counted = (reason: string) => (one: FlowRecord) =>
    one.failures.find((failure) => failure.reason === reason)?.count ?? 0;
  const total = (flows: readonly FlowRecord[], reason: string) =>
    flows.reduce((sum, one) => sum + counted(reason)(one), 0);
  const all = [...before, ...since];
  const reasons = namesIn(all, ({ failures }) => failures.map(({ reason }) => reason)).sort(
    (a, b) => total(all, b) - total(all, a),
  );
  if (reasons.length === 0) return [absent(`No ${flow} failed.`)];
  const [shown, rest] = [reasons.slice(0, MOST_REASONS), reasons.slice(MOST_REASONS)];
  const latest = since.at(-1) as FlowRecord;
  return [
    stackedChart(timeline, `${id}-reasons`, 'Failures by reason, of all who began', [
      ...shown.map((name) => ({ name, of: (record: HistoryRecord) => shareIn(record, flow, counted(name)) })),
      ...(rest.length > 0
        ? [
            {
              name: `${formatCount(rest.length)} others`,
              of: (record: HistoryRecord) =>
                shareIn(record, flow, (one) => rest.reduce((sum, reason) => sum + counted(reason)(one), 0)),
            },
          ]
        : []),
    ]),
    table(
      'Failures by reason, as a share of all who began',
      ['Reason', ...right('In the latest run', 'Share', ...columnsOf(parts))],
      reasons.map((reason) => [
        reason,
        formatCount(counted(reason)(latest)),
        percent(counted(reason)(latest) / Math.max(1, latest.iterations)),
        ...(hasChanged ? [percent(shareOf(before, counted(reason)))] : []),
        percent(shareOf(since, counted(reason))),
      ]),
    ),
  ];
}
