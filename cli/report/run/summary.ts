import type { JudgedCriterion, Result } from '../../../lib/core/evidence/index.ts';
import { formatCount, formatValue } from '../../../lib/core/numbers/index.ts';
import type { Block, Cell, Section } from '../document.ts';
import { formatInterval, formatLimit } from '../format.ts';
import { DECISIONS, STATUSES } from '../words.ts';
import { absent, list, right, table, text } from './blocks.ts';

/** The verdict and what it rests on. */
export function summarySection(result: Result): Section {
  const { verdict, criteria } = result;
  return {
    id: 'summary',
    title: 'Summary',
    blocks: [
      text(`Verdict: ${DECISIONS[verdict.decision].words}`),
      list(verdict.reasons),
      ...(criteria.length === 0 ? [absent('The test has no criteria.')] : criteriaBlocks(criteria)),
    ],
  };
}

function criteriaBlocks(criteria: readonly JudgedCriterion[]): Block[] {
  const passed = criteria.filter(({ status }) => status === 'pass').length;
  return [
    text(`${passed} of ${criteria.length} criteria pass.`),
    table(
      'Criteria, each with the interval of its value at 95 %',
      ['Criterion', 'Status', 'Severity', ...right('Value', 'Limit', 'Interval', 'Samples'), 'Note'],
      criteria.map(criterionRow),
    ),
  ];
}

function criterionRow(criterion: JudgedCriterion): Cell[] {
  const { status, title, severity, value, unit, samples, note } = criterion;
  return [
    title,
    STATUSES[status],
    severity,
    formatValue(value, unit),
    formatLimit(criterion),
    formatInterval(criterion),
    formatCount(samples),
    note ?? '',
  ];
}
