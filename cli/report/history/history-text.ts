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

/** `every day`, `every 6 h` */
export function cadenceText(everyMs: number): string {
  const [size, unit] = everyMs % DAY_MS === 0 ? [DAY_MS, 'day'] : [HOUR_MS, 'hour'];
  const count = everyMs / size;
  return count === 1 ? `every ${unit}` : `every ${formatCount(count)} ${unit}s`;
}

/** What tells the histories of one product apart. */
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

/** A judgement as a cell of a table. */
export type JudgmentCell = { text: string; tone: Tone };

export function verdictCell({ verdict }: HistoryRecord): JudgmentCell {
  const { words, tone } = DECISION_WORDS[verdict];
  return { text: words, tone };
}

/** Why there is nothing to judge. */
export function missingRunText({ invalid }: MissingRun): string {
  if (invalid.length === 0) return 'no run';
  const outcomes = invalid.map(({ run }) => run.outcome).filter((outcome) => outcome !== 'completed');
  return ['no run that supports a verdict', ...outcomes].join(', ');
}

/** Runs that are missing one after the other, for the same reason. */
function spansOf(missing: readonly MissingRun[], everyMs: number): MissingRun[][] {
  const spans: MissingRun[][] = [];
  for (const one of missing) {
    const before = spans.at(-1)?.at(-1);
    const goesOn =
      before && one.atMs - before.atMs <= 1.5 * everyMs && missingRunText(one) === missingRunText(before);
    if (goesOn) spans.at(-1)?.push(one);
    else spans.push([one]);
  }
  return spans;
}

/** `2026-12-17 (no run)`, `2026-12-19 to 2026-12-22 (4 times no run)` */
export function missingSpanTexts(missing: readonly MissingRun[], everyMs: number): string[] {
  return spansOf(missing, everyMs).map((span) => {
    const [first, last] = [span[0], span.at(-1)] as [MissingRun, MissingRun];
    const text = missingRunText(first);
    return first === last
      ? `${formatDay(first.atMs)} (${text})`
      : `${formatDay(first.atMs)} to ${formatDay(last.atMs)} (${formatCount(span.length)} times ${text})`;
  });
}

const SHORT = 10;

export const commitText = ({ run: { gitCommit } }: HistoryRecord): string =>
  gitCommit?.slice(0, SHORT) ?? '–';

/** Between which commits something changed. */
export function commitRangeText({ before, after }: Change): string {
  const [from, to] = [before.run.gitCommit, after.run.gitCommit];
  if (from === null || to === null) return 'not known';
  return from === to ? `both at ${commitText(after)}` : `${commitText(before)}..${commitText(after)}`;
}

const movement = ({ from, to }: { from: number; to: number }): string => (to < from ? 'fell' : 'rose');

/** `fell from 97.0 % to 94.1 %` */
export const levelChangeText = (
  { unit }: Pick<TrackedFigure, 'unit'>,
  part: { from: number; to: number },
): string => `${movement(part)} from ${formatValue(part.from, unit)} to ${formatValue(part.to, unit)}`;

const RATE = { unit: 'fraction' } as const;

/** Something in one sentence, and what more there is to say of it. */
export interface Statement {
  sentence: string;
  details: string[];
}

/** From this share on, a step has not only a part in a change. */
const MOST = 0.5;

/** What a change of success comes from; nothing of other figures. */
function explanations({ explanation }: Change): string[] {
  if (!explanation) return [];
  const { steps, reasons } = explanation;
  return [
    ...(steps.length === 0 ? ['No step alone explains it.'] : []),
    ...steps.map(
      ({ step, share, ...part }) =>
        `The step ${step} ${share > MOST ? 'explains it' : 'has a part in it'}: its own success ${levelChangeText(RATE, part)}, which is ${percentText(Math.min(1, share))} of the change.`,
    ),
    ...reasons.map(
      ({ reason, ...part }) => `Failures “${reason}” ${levelChangeText(RATE, part)} of all who began.`,
    ),
  ];
}

/** Steps alone, for a cell. */
export function explainingStepsText({ explanation }: Change): string {
  if (!explanation) return '';
  return explanation.steps.map(({ step }) => step).join(', ') || 'no step alone';
}

/** A change, and all that is known of where it comes from. */
export function changeStatement(figure: TrackedFigure, change: Change): Statement {
  const { before, after, alteredSettings: altered } = change;
  return {
    sentence: `${capitalize(figure.title)} ${levelChangeText(figure, change)} between ${formatMinute(startedAtMs(before))} and ${formatMinute(startedAtMs(after))}, commits ${commitRangeText(change)}.`,
    details: [
      ...explanations(change),
      ...altered.map(({ what, from, to }) => `Changed at the same time: ${what}, from ${from} to ${to}.`),
    ],
  };
}

/** Something that a person should know of, with the name of its test. */
export function alarmStatement(alarm: Alarm): Statement {
  const { sentence: what, details } = statementOf(alarm);
  return { sentence: `${testName(alarm.history)}: ${what}`, details };
}

function statementOf(alarm: Alarm): Statement {
  switch (alarm.kind) {
    case 'below-target': {
      const { figure, flow, target, latest, since, change } = alarm;
      const together = since
        ? `; ${formatReading(since.reading, RATE.unit)} in the latest ${formatCount(since.runs)} together`
        : '';
      const cause = change && changeStatement(figure, change);
      return {
        sentence: `success of ${flow} is below the target of ${percentText(target)}: ${formatReading(latest, RATE.unit)} in the latest run${together}.`,
        details: cause ? [cause.sentence, ...cause.details] : [],
      };
    }
    case 'change': {
      const { sentence: what, details } = changeStatement(alarm.figure, alarm.change);
      return { sentence: uncapital(what), details };
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

const uncapital = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

export const ALERT = { words: 'ALERT', tone: 'bad' } as const;
export const NO_ALERT = { words: 'NO ALERT', tone: 'good' } as const;
