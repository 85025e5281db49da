import type { TrendStats } from '../metrics/index.ts';
import { formatCount, formatMs, formatNumber, formatShare } from '../numbers/index.ts';
import type { Summary } from './summary.ts';

const WIDTH = 44;
const ms = (value: number) => formatMs(value).padStart(10);

/** The summary as a short table, for runs that were started by hand and therefore have no verdict. */
export function summaryText(summary: Summary, file: string): string {
  const row = (name: string, { count, p50, p95, p99 }: TrendStats, errors: number) =>
    `  ${name.padEnd(WIDTH)}${formatCount(count).padStart(9)}${ms(p50)}${ms(p95)}${ms(p99)}${formatShare(errors, count).padStart(9)}`;
  const flowRows = summary.flows.flatMap(({ name, steps, iterations, succeeded, durationMs }) => [
    row(`flow ${name}`, durationMs, iterations - succeeded),
    ...steps.map((step) => row(`  ${step.name}`, step.durationMs, step.durationMs.count - step.succeeded)),
  ]);
  return [
    '',
    `  ${`${summary.product}/${summary.test}`.padEnd(WIDTH)}${['requests', 'p50', 'p95', 'p99'].map((title, i) => title.padStart(i === 0 ? 9 : 10)).join('')}${'errors'.padStart(9)}`,
    row('all requests', summary.responseTimeMs, summary.errors),
    ...summary.endpoints.map(({ name, responseTimeMs, errors }) => row(name, responseTimeMs, errors)),
    ...flowRows,
    '',
    `  ${formatNumber(summary.requests / (summary.durationMs / 1000))} requests/s over ${formatMs(summary.durationMs)}. All figures: ${file}`,
    `  For a verdict and a diagnosis: npm run suite -- run ${summary.product}/${summary.test}`,
    '',
  ].join('\n');
}
