import type { Figure, FigureHistory, HistoryRecord } from '../../../lib/core/across-runs/index.ts';
import { formatCount, formatMs, formatValue, median } from '../../../lib/core/numbers/index.ts';
import type { Block, Section } from '../document.ts';
import { capitalised } from '../format.ts';
import { absent, list, NOTHING, right, section, table, text } from '../run/blocks.ts';
import { wrapped } from '../terminal.ts';
import { figureChart, type Timeline } from './timeline.ts';
import { changeStatement, type Statement } from './words.ts';

/** What is told of a figure beside its chart. */
const BESIDE: Record<string, (records: readonly HistoryRecord[]) => Block[]> = { p95: endpoints };

export function figureSection(id: string, history: FigureHistory, timeline: Timeline): Section {
  const { figure, points } = history;
  const records = points.map(({ record }) => record);
  const title = capitalised(figure.title);
  const isNothing = figure.unit === 'fraction' && points.every(({ value }) => value === 0);
  return section(
    id,
    title,
    isNothing
      ? [absent(`There was no error in ${formatCount(points.length)} runs.`)]
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
    return values.length === 0 ? NOTHING : formatMs(median(values));
  };
  return [
    table(
      `Endpoints in the latest run, beside the median of all ${formatCount(records.length)} runs`,
      ['Endpoint', ...right('Requests', 'p50', 'usually', 'p95', 'usually', 'p99', 'usually', 'Error rate')],
      latest.endpoints.map(({ name, requests, errors, durationMs }) => [
        name,
        requests,
        ...(['p50', 'p95', 'p99'] as const).flatMap((stat) => [
          durationMs ? formatMs(durationMs[stat]) : NOTHING,
          usual(name, stat),
        ]),
        formatValue(errors / Math.max(1, requests), 'fraction'),
      ]),
    ),
  ];
}

/** What an overview says of a figure. */
export function latestText(histories: readonly FigureHistory[], id: Figure['id']): string {
  const history = histories.find(({ figure }) => figure.id === id);
  return history ? formatValue(history.points.at(-1)?.value ?? null, history.figure.unit) : NOTHING;
}

/** Sentences, each with what more there is to say of it below. */
export const statementBlocks = (statements: readonly Statement[]): Block[] =>
  statements.flatMap(({ what, details }) => [text(what), ...(details.length > 0 ? [list(details)] : [])]);

export const statementLines = (statements: readonly Statement[]): string[] =>
  statements.flatMap(({ what, details }) => [
    ...wrapped(what, '    ', '  '),
    ...details.flatMap((detail) => wrapped(detail, '      ', '    ')),
  ]);

/** Each change in words; without any, that there is none. */
export function changeBlocks({ figure, points, changes, unsearched }: FigureHistory): Block[] {
  const all = formatCount(points.length);
  return [
    ...(changes.length === 0
      ? [text(`No change of the level was found in ${all} runs.`)]
      : statementBlocks(changes.map((change) => changeStatement(figure, change)))),
    ...(unsearched > 0
      ? [
          text(
            `Changes were looked for in the latest ${formatCount(points.length - unsearched)} of ${all} runs.`,
          ),
        ]
      : []),
  ];
}
