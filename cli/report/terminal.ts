import { formatDuration } from '../../lib/core/duration.ts';
import type { CriterionStatus, Decision, JudgedCriterion, Result } from '../../lib/core/result.ts';
import { paint } from '../terminal.ts';
import { alignColumns, COMPARISONS, formatCount, formatMs, formatNumber, formatValue } from './format.ts';

type Colour = 'green' | 'yellow' | 'red';

const DECISIONS: Record<Decision, { words: string; colour: Colour }> = {
  GO: { words: 'GO', colour: 'green' },
  CONDITIONAL_GO: { words: 'CONDITIONAL GO', colour: 'yellow' },
  NO_GO: { words: 'NO-GO', colour: 'red' },
  INCONCLUSIVE: { words: 'INCONCLUSIVE', colour: 'yellow' },
  INVALID: { words: 'INVALID', colour: 'red' },
};

const STATUSES: Record<CriterionStatus, { mark: string; colour: Colour }> = {
  pass: { mark: '✓ pass', colour: 'green' },
  fail: { mark: '✗ fail', colour: 'red' },
  inconclusive: { mark: '? inconclusive', colour: 'yellow' },
  'no data': { mark: '– no data', colour: 'yellow' },
};

/** The verdict first, then what it rests on, then where the rest is. */
export function terminalReport(result: Result, folder: string): string {
  return [
    '',
    headline(result),
    ...result.verdict.reasons.map((reason) => `  ${reason}`),
    ...section('Criteria', criteriaRows(result.criteria)),
    ...section('Requests', requestRows(result)),
    ...result.flows.flatMap((flow) => section(`Flow ${flow.name}`, flowRows(flow))),
    ...section('Errors', errorRows(result)),
    ...section(
      'Notes',
      result.run.notes.map((note) => `  ${note}`),
    ),
    '',
    `  ${folder}`,
    '',
  ].join('\n');
}

function headline({ run, verdict, totals }: Result): string {
  const { words, colour } = DECISIONS[verdict.decision];
  const scale = run.scaled ? `, scaled: time × ${run.scale.time}, VUs × ${run.scale.vus}` : '';
  const partial = run.partial ? ', partial' : '';
  const load = `${formatCount(totals.requests)} requests in ${formatDuration(run.durationMs)}, ${formatNumber(totals.throughputPerS)}/s`;
  return `${paint(['bold', colour], words)}  ${run.product}/${run.test} on ${run.environment} (${load}${scale}${partial})`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', paint('bold', title), ...lines];
}

function criteriaRows(criteria: readonly JudgedCriterion[]): string[] {
  const rows = criteria.map(({ title, value, unit, comparison, limit, interval, samples }) => [
    title,
    formatValue(value, unit),
    `${COMPARISONS[comparison]} ${formatValue(limit, unit)}`,
    interval
      ? `${formatValue(interval.low, unit)} to ${interval.high === null ? '…' : formatValue(interval.high, unit)}`
      : '',
    `n=${formatCount(samples)}`,
  ]);
  const width = Math.max(...Object.values(STATUSES).map(({ mark }) => mark.length));
  return alignColumns(rows).map((row, i) => {
    const { status, note } = criteria[i] as JudgedCriterion;
    const { mark, colour } = STATUSES[status];
    return `  ${paint(colour, mark.padEnd(width))}  ${row}${note ? `\n  ${' '.repeat(width)}  ${paint('dim', note)}` : ''}`;
  });
}

function requestRows({ totals, endpoints }: Result): string[] {
  const row = (
    name: string,
    { requests, errorRate, durationMs }: Omit<Result['endpoints'][number], 'name' | 'errors'>,
  ) => [
    name,
    formatCount(requests),
    ...[durationMs.p50, durationMs.p95, durationMs.p99, durationMs.max].map(formatMs),
    formatValue(errorRate, 'fraction'),
  ];
  const rows = [
    ['', 'requests', 'p50', 'p95', 'p99', 'max', 'errors'],
    row('all', totals),
    ...endpoints.filter(({ requests }) => requests > 0).map((endpoint) => row(endpoint.name, endpoint)),
  ];
  return alignColumns(rows).map((line) => `  ${line}`);
}

function flowRows({
  iterations,
  successRate,
  durationMs,
  steps,
  failures,
}: Result['flows'][number]): string[] {
  const rows = [
    ['', 'times', 'success', 'mean', 'p95'],
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
  return [
    ...alignColumns(rows).map((line) => `  ${line}`),
    ...(reasons.length > 0 ? ['  failed:', ...reasons] : []),
  ];
}

const ERRORS_SHOWN = 10;

function errorRows({ errors }: Result): string[] {
  const rows = errors
    .slice(0, ERRORS_SHOWN)
    .map(({ kind, code, reason, endpoint, count, share }) => [
      `${kind} (${code})`,
      reason === kind ? '' : reason,
      endpoint,
      formatCount(count),
      formatValue(share, 'fraction'),
    ]);
  const rest = errors.slice(ERRORS_SHOWN).reduce((sum, { count }) => sum + count, 0);
  return [
    ...alignColumns(rows, 3).map((line) => `  ${line}`),
    ...(rest > 0
      ? [`  and ${formatCount(rest)} more of ${errors.length - ERRORS_SHOWN} other kinds: see result.json`]
      : []),
  ];
}
