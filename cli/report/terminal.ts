import type { Diagnosis, JudgedCriterion, Result } from '../../lib/core/evidence/index.ts';
import { formatCount, formatDuration, formatMs, formatValue } from '../../lib/core/numbers/index.ts';
import { paint } from '../support/terminal.ts';
import { alignColumns, formatInterval, formatLimit, formatRange, formatScale } from './format.ts';
import type { Cell, ReportDocument, Table, Tone } from './report-document.ts';
import { carriedText, LADDER_TITLE, rungTable } from './run/ladder.ts';
import { readinessLines } from './run/verdict.ts';
import { confidenceText, DECISION_WORDS, STATUS_CELLS } from './verdict-words.ts';

export const TONE_COLORS: Record<Tone, Parameters<typeof paint>[0]> = {
  good: 'green',
  warning: 'yellow',
  bad: 'red',
  neutral: 'dim',
};

/**
 * Returns the terminal report of a run: the verdict, its evidence, and the folder with the full reports.
 * @param files names of the report files in that folder
 */
export function terminalReport(result: Result, folder: string, files: readonly string[] = []): string {
  return [
    '',
    headline(result),
    ...result.verdict.reasons.flatMap((reason) => wrapLines(reason, '    ', '  ')),
    ...titledLines('Criteria', criteriaRows(result.criteria)),
    ...titledLines(
      'Readiness',
      readinessLines(result).flatMap((line, i) => wrapLines(line, '    ', i === 0 ? '  ' : '    ')),
    ),
    ...titledLines('Diagnosis', result.diagnosis.flatMap(causeRows)),
    ...titledLines(LADDER_TITLE, ladderRows(result)),
    ...titledLines('Requests', requestRows(result)),
    ...result.flows.flatMap((flow) => titledLines(`Flow ${flow.name}`, flowRows(flow))),
    ...titledLines('Errors', errorRows(result)),
    ...titledLines(
      'Notes',
      result.run.notes.flatMap((note) => wrapLines(note, '    ', '  ')),
    ),
    '',
    `  ${folder}`,
    ...(files.length > 0 ? [`    ${files.join('  ')}`] : []),
    '',
  ].join('\n');
}

export function headline({ run, verdict, totals, generators }: Result): string {
  const scale = run.scaled ? `, scaled: ${formatScale(run.scale)}` : '';
  const partial = run.partial ? ', partial' : '';
  const generatorCount = generators ? `, ${generators.length} generators` : '';
  const load = `${formatCount(totals.requests)} requests in ${formatDuration(run.durationMs)}, ${formatValue(totals.throughputPerS, 'perSecond')}`;
  return `${paintVerdict(DECISION_WORDS[verdict.decision])}  ${run.product}/${run.test} on ${run.environment} (${load}${generatorCount}${scale}${partial})`;
}

export const paintVerdict = ({ words, tone }: ReportDocument['verdict']): string =>
  paint('bold', paint(TONE_COLORS[tone], words));

export const indentLines = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

export function titledLines(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', paint('bold', title), ...lines];
}

/**
 * Returns the lines of a table without colors.
 * @param rightFrom index of the first right-aligned column
 */
export function tableLines({ columns, rows }: Table, rightFrom?: number): string[] {
  const text = (cell: Cell) => (typeof cell === 'string' ? cell : cell.text);
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => row.map(text))];
  return indentLines(alignColumns(cells, rightFrom));
}

function ladderRows(result: Result): string[] {
  const { ladder } = result;
  return ladder ? [...tableLines(rungTable(result, ladder)), `  ${carriedText(ladder)}`] : [];
}

function criteriaRows(criteria: readonly JudgedCriterion[]): string[] {
  const rows = criteria.map((criterion) => [
    criterion.title,
    formatValue(criterion.value, criterion.unit),
    formatLimit(criterion),
    formatInterval(criterion),
    `n=${formatCount(criterion.samples)}`,
  ]);
  const width = Math.max(...Object.values(STATUS_CELLS).map(({ text }) => text.length));
  const indent = ' '.repeat(width + 4);
  return alignColumns(rows).flatMap((row, i) => {
    const { status, note } = criteria[i] as JudgedCriterion;
    const { text, tone } = STATUS_CELLS[status];
    return [
      `  ${paint(TONE_COLORS[tone], text.padEnd(width))}  ${row}`,
      ...(note ? wrapLines(note, indent).map((line) => paint('dim', line)) : []),
    ];
  });
}

const MAX_EVIDENCE_SHOWN = 3;

function causeRows({ title, confidence, evidence, recommendation }: Diagnosis): string[] {
  const windows = evidence.slice(0, MAX_EVIDENCE_SHOWN).map(({ fromMs, toMs }) => formatRange(fromMs, toMs));
  const width = Math.max(0, ...windows.map(({ length }) => length));
  return [
    `  ${paint('bold', title)}  ${confidenceText(confidence)}`,
    ...windows.flatMap((window, i) =>
      wrapLines(evidence[i]?.text ?? '', ' '.repeat(width + 6), `    ${window.padEnd(width)}  `),
    ),
    ...wrapLines(recommendation, '      ', '    → '),
  ];
}

/** The maximum length of a line in characters. */
const WIDTH = 100;

/**
 * Breaks a text into lines that fit the width of the terminal report.
 * @param first indent of the first line, or a bullet
 */
export function wrapLines(text: string, indent: string, first = indent): string[] {
  const lines: string[] = [];
  let line = first;
  for (const word of text.split(/\s+/)) {
    const hasWords = line !== first && line !== indent;
    if (hasWords && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = indent + word;
    } else line += hasWords ? ` ${word}` : word;
  }
  return [...lines, line];
}

function requestRows({ totals, endpoints }: Result): string[] {
  const row = (
    name: string,
    { requests, errorRate, responseTimeMs }: Pick<Result['totals'], 'requests' | 'errorRate' | 'responseTimeMs'>,
  ) => [
    name,
    formatCount(requests),
    ...[responseTimeMs.p50, responseTimeMs.p95, responseTimeMs.p99, responseTimeMs.max].map(formatMs),
    formatValue(errorRate, 'fraction'),
  ];
  const rows = [
    ['', 'requests', 'p50', 'p95', 'p99', 'max', 'errors'],
    row('all', totals),
    ...endpoints.filter(({ requests }) => requests > 0).map((endpoint) => row(endpoint.name, endpoint)),
  ];
  return indentLines(alignColumns(rows));
}

function flowRows({ iterations, successRate, durationMs, steps, failures }: Result['flows'][number]): string[] {
  const rows = [
    ['', 'attempts', 'success', 'mean', 'p95'],
    [
      'whole flow',
      formatCount(iterations),
      formatValue(successRate, 'fraction'),
      formatMs(durationMs.mean),
      formatMs(durationMs.p95),
    ],
    ...steps.map((step) =>
      step.observable
        ? [
            step.name,
            formatCount(step.attempts),
            formatValue(step.successRate, 'fraction'),
            formatMs(step.durationMs.mean),
            formatMs(step.durationMs.p95),
          ]
        : [step.name, 'not observable', '', '', ''],
    ),
  ];
  const reasons = failures.map(
    ({ reason, count, share }) => `    ${formatCount(count)} × ${reason} (${formatValue(share, 'fraction')})`,
  );
  return [...indentLines(alignColumns(rows)), ...(reasons.length > 0 ? ['  failures:', ...reasons] : [])];
}

const MAX_ERRORS_SHOWN = 10;

function errorRows({ errors }: Result): string[] {
  const rows = errors
    .slice(0, MAX_ERRORS_SHOWN)
    .map(({ kind, code, reason, endpoint, count, share }) => [
      `${kind} (${code})`,
      reason === kind ? '' : reason,
      endpoint,
      formatCount(count),
      formatValue(share, 'fraction'),
    ]);
  const rest = errors.slice(MAX_ERRORS_SHOWN).reduce((sum, { count }) => sum + count, 0);
  return [
    ...indentLines(alignColumns(rows, 3)),
    ...(rest > 0
      ? [`  and ${formatCount(rest)} more errors of ${errors.length - MAX_ERRORS_SHOWN} other kinds: see result.json`]
      : []),
  ];
}
