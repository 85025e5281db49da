import type {
  Alarm,
  Change,
  HistoryRecord,
  MissingRun,
  TestHistory,
  TrackedFigure,
} from '../../../lib/core/across-runs/index.ts';
import { formatCount, formatValue } from '../../../lib/core/numbers/index.ts';
import { capitalize, formatDay, formatMinute, formatReading, formatScale } from '../format.ts';
import type { Tone } from '../report-document.ts';
import { DECISION_WORDS } from '../verdict-words.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const startedAtMs = ({ run }: HistoryRecord): number => Date.parse(run.startedAt);

/** Returns how often runs are scheduled, such as `every day` or `every 6 h`. */
export function cadenceText(everyMs: number): string {
  const [size, unit] = everyMs % DAY_MS === 0 ? [DAY_MS, 'day'] : [HOUR_MS, 'hour'];
  const count = everyMs / size;
  return count === 1 ? `every ${unit}` : `every ${formatCount(count)} ${unit}s`;
}

/** Returns the name of a history: test, environment and scale. These distinguish the histories of one product. */
export function testName({
  test,
  environment,
  scale,
  scaled,
}: Pick<TestHistory, 'test' | 'environment' | 'scale' | 'scaled'>): string {
  const scaling = scaled ? `, ${formatScale(scale)}` : '';
  return `${test} on ${environment}${scaling}`;
}

export const percentText = (rate: number): string => formatValue(rate, 'fraction');

/** Returns a cell that shows the verdict of a run in color. */
export type JudgmentCell = { text: string; tone: Tone };

export function verdictCell({ verdict }: HistoryRecord): JudgmentCell {
  const { words, tone } = DECISION_WORDS[verdict];
  return { text: words, tone };
}

/** Explains in a few words why a run is missing or does not count. */
export function missingRunText({ invalid }: MissingRun): string {
  if (invalid.length === 0) return 'no run';
  const outcomes = invalid.map(({ run }) => run.outcome).filter((outcome) => outcome !== 'completed');
  return ['no run that supports a verdict', ...outcomes].join(', ');
}

/** Groups consecutive missing runs that have the same reason, and describes each group. */
function spansOf(missing: readonly MissingRun[], everyMs: number): MissingRun[][] {
  const spans: MissingRun[][] = [];
  for (const run of missing) {
    const previous = spans.at(-1)?.at(-1);
    const continues =
      previous && run.atMs - previous.atMs <= 1.5 * everyMs && missingRunText(run) === missingRunText(previous);
    if (continues) spans.at(-1)?.push(run);
    else spans.push([run]);
  }
  return spans;
}

/** Returns a text such as `2026-12-17 (no run)` or `2026-12-19 to 2026-12-22 (4 times: no run)`. */
export function missingSpanTexts(missing: readonly MissingRun[], everyMs: number): string[] {
  return spansOf(missing, everyMs).map((span) => {
    const [first, last] = [span[0], span.at(-1)] as [MissingRun, MissingRun];
    const text = missingRunText(first);
    return first === last
      ? `${formatDay(first.atMs)} (${text})`
      : `${formatDay(first.atMs)} to ${formatDay(last.atMs)} (${formatCount(span.length)} times: ${text})`;
  });
}

const SHORT_COMMIT_LENGTH = 10;

export const commitText = ({ run: { commits } }: HistoryRecord): string =>
  commits.suite?.slice(0, SHORT_COMMIT_LENGTH) ?? '–';

/** Returns the range of commits that can have caused a change. */
export function commitRangeText({ before, after }: Change): string {
  const [from, to] = [before.run.commits.suite, after.run.commits.suite];
  if (from === null || to === null) return 'unknown';
  return from === to ? `both at ${commitText(after)}` : `${commitText(before)}..${commitText(after)}`;
}

const movement = ({ from, to }: { from: number; to: number }): string => (to < from ? 'fell' : 'rose');

/** Returns a text such as `fell from 97.0 % to 94.1 %`. */
export const levelChangeText = ({ unit }: Pick<TrackedFigure, 'unit'>, part: { from: number; to: number }): string =>
  `${movement(part)} from ${formatValue(part.from, unit)} to ${formatValue(part.to, unit)}`;

const RATE = { unit: 'fraction' } as const;

/** A sentence, and details that are listed below it. */
export interface Statement {
  sentence: string;
  details: string[];
}

/**
 * If a step accounts for more than this share of a change, the text says that the step explains the change. Below this
 * share, the text says that the step contributes to the change.
 */
const MIN_EXPLAINING_SHARE = 0.5;

/**
 * Names the steps and failure reasons that account for a change of success. Returns an empty list for other figures.
 */
function explanations({ explanation }: Change): string[] {
  if (!explanation) return [];
  const { steps, reasons } = explanation;
  return [
    ...(steps.length === 0 ? ['No single step explains this change.'] : []),
    ...steps.map(
      ({ step, share, ...part }) =>
        `The step ${step} ${share > MIN_EXPLAINING_SHARE ? 'explains' : 'contributes to'} this change: its success ${levelChangeText(RATE, part)}, which is ${percentText(Math.min(1, share))} of the change.`,
    ),
    ...reasons.map(({ reason, ...part }) => `Failures “${reason}” ${levelChangeText(RATE, part)} of all iterations.`),
  ];
}

/** Returns the names of the steps that explain a change, as text for a table cell. */
export function explainingStepsText({ explanation }: Change): string {
  if (!explanation) return '';
  return explanation.steps.map(({ step }) => step).join(', ') || 'no single step';
}

/**
 * Describes a change and what can have caused it: steps, failure reasons and settings that changed at the same time.
 */
export function changeStatement(figure: TrackedFigure, change: Change): Statement {
  const { before, after, alteredSettings } = change;
  return {
    sentence: `${capitalize(figure.title)} ${levelChangeText(figure, change)} between ${formatMinute(startedAtMs(before))} and ${formatMinute(startedAtMs(after))}, commits ${commitRangeText(change)}.`,
    details: [
      ...explanations(change),
      ...alteredSettings.map(({ what, from, to }) => `Changed at the same time: ${what} from ${from} to ${to}.`),
    ],
  };
}

/** Describes an alarm. The text starts with the name of the test. */
export function alarmStatement(alarm: Alarm): Statement {
  const { sentence, details } = statementOf(alarm);
  return { sentence: `${testName(alarm.history)}: ${sentence}`, details };
}

function statementOf(alarm: Alarm): Statement {
  switch (alarm.kind) {
    case 'below-target': {
      const { figure, flow, target, latest, since, change } = alarm;
      const sinceChange = since
        ? `; ${formatReading(since.reading, RATE.unit)} over the latest ${formatCount(since.runs)} runs`
        : '';
      const cause = change && changeStatement(figure, change);
      return {
        sentence: `success of ${flow} is below the target of ${percentText(target)}: ${formatReading(latest, RATE.unit)} in the latest run${sinceChange}.`,
        details: cause ? [cause.sentence, ...cause.details] : [],
      };
    }
    case 'change': {
      const { sentence, details } = changeStatement(alarm.figure, alarm.change);
      return { sentence: uncapitalize(sentence), details };
    }
    case 'missing': {
      const { missing, history } = alarm;
      return {
        sentence: `runs are missing: ${missingSpanTexts(missing, history.everyMs ?? 0).join(', ')}.`,
        details: [],
      };
    }
  }
}

const uncapitalize = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

export const ALERT = { words: 'ALERT', tone: 'bad' } as const;
export const NO_ALERT = { words: 'NO ALERT', tone: 'good' } as const;
