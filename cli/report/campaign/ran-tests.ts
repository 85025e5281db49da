import { type CampaignTestResult, isJudged } from '../../../lib/core/across-runs/index.ts';
import type { CriterionStatus, Result } from '../../../lib/core/evidence/index.ts';
import { formatCount } from '../../../lib/core/numbers/index.ts';
import { type CellValue, numberColumns, tableBlock } from '../block-builders.ts';
import type { Block } from '../report-document.ts';
import { STATUS_CELLS } from '../verdict-words.ts';

/** A test that the campaign has run, with its result. */
export interface RanTest {
  test: string;
  result: Result;
}

export const testsThatRan = (tests: readonly CampaignTestResult[]): RanTest[] =>
  tests.flatMap(({ test, result }) => (result ? [{ test, result }] : []));

/** Builds a table with one row for each test that the campaign has run. */
export const tableByTest = <T = Result>(
  caption: string,
  ran: readonly { test: string; result: T }[],
  columns: Record<string, (result: T) => CellValue>,
): Block =>
  tableBlock(
    caption,
    ['Test', ...numberColumns(...Object.keys(columns))],
    ran.map(({ test, result }) => [test, ...Object.values(columns).map((cell) => cell(result))]),
  );

type HasStatus = Pick<Result['criteria'][number], 'status'>;

const countOf = (criteria: readonly HasStatus[], status: CriterionStatus): number =>
  criteria.filter((criterion) => criterion.status === status).length;

/**
 * Returns the criteria of all tests. Criteria of INVALID runs are skipped, because they say nothing about the target.
 */
export const judgedCriteria = (tests: readonly CampaignTestResult[]): Result['criteria'] =>
  tests.flatMap(({ result }) => (result && isJudged(result) ? result.criteria : []));

export const NOT_JUDGED = 'not judged';

/** Counts the criteria by status and returns a text such as `16 of 19 pass, 2 fail, 1 inconclusive`. */
export function statusTally(criteria: readonly HasStatus[]): string {
  const notPassed = (Object.keys(STATUS_CELLS) as CriterionStatus[]).flatMap((status) => {
    const count = countOf(criteria, status);
    return status === 'pass' || count === 0 ? [] : [`${formatCount(count)} ${status}`];
  });
  const passed = `${formatCount(countOf(criteria, 'pass'))} of ${formatCount(criteria.length)} pass`;
  return [passed, ...notPassed].join(', ');
}
