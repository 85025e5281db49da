import type { Comparison, ComparisonRow, Excerpt } from '../../../lib/core/comparison/index.ts';
import { mergeHistograms, quantile } from '../../../lib/core/numbers/index.ts';
import {
  absentBlock,
  type CellValue,
  listBlock,
  NO_VALUE,
  numberColumns,
  section,
  tableBlock,
  tableOrAbsent,
} from '../block-builders.ts';
import { formatInstant } from '../format.ts';
import type { Block, PercentileChart, ReportDocument, Section } from '../report-document.ts';
import { sparseFromQ } from '../run/distribution.ts';
import { LADDER_TITLE } from '../run/ladder.ts';
import {
  comparisonNotes,
  comparisonSubject,
  figureTitle,
  formatChange,
  formatChangeInterval,
  formatSide,
  intervalMethodsText,
  OUTCOME_WORDS,
  rowSentence,
} from './comparison-text.ts';
import { ladderBlocks } from './ladder.ts';

/** Builds the report of a comparison. The `comparison` contains all the data that the report shows. */
export function comparisonDocument(comparison: Comparison): ReportDocument {
  const { words, tone } = OUTCOME_WORDS[comparison.outcome];
  return {
    title: 'Comparison of load tests',
    subtitle: comparisonSubject(comparison),
    verdict: { words, tone },
    sections: [
      summarySection(comparison),
      ...ladderSection(comparison),
      runsSection(comparison),
      ...PARTS.map((part) => partSection(part, comparison)),
      notesSection(comparison),
    ],
  };
}

function summarySection({ rows, because }: Comparison): Section {
  const outcomes = Object.values(OUTCOME_WORDS).map(({ text }) => text);
  const counts = Object.entries(OUTCOME_WORDS).map(([outcome]) => rows.filter((row) => row.outcome === outcome).length);
  return section('summary', 'Summary', [
    because.length === 0
      ? absentBlock('No conclusion is possible, because the two sides have no value in common.')
      : listBlock(because.map(rowSentence)),
    tableBlock('Rows by outcome', numberColumns(...outcomes), [counts]),
  ]);
}

const ladderSection = ({ ladder }: Comparison): Section[] =>
  ladder ? [section('ladder', LADDER_TITLE, ladderBlocks(ladder))] : [];

function runsSection({ reference, candidate, circumstances }: Comparison): Section {
  const run =
    (side: string) =>
    ({ id, startedAt, fingerprint }: Excerpt): CellValue[] => [
      side,
      id,
      startedAt === null ? NO_VALUE : formatInstant(startedAt),
      fingerprint ? [fingerprint.test, fingerprint.scale, fingerprint.data].join(', ') : NO_VALUE,
    ];
  return section('runs', 'Runs', [
    tableBlock(
      'Compared runs',
      ['Side', 'Run', 'Started', 'Test'],
      [...reference.map(run('reference')), ...candidate.map(run('candidate'))],
    ),
    tableOrAbsent(
      'The runs do not differ in their settings and versions.',
      'Differences between the runs',
      ['Name', 'Reference', 'Candidate'],
      circumstances.map(({ name, reference, candidate }) => [name, reference, candidate]),
    ),
  ]);
}

interface PartOfReport {
  id: string;
  title: string;
  scope: ComparisonRow['scope'];
  /**
   * Title of the column with the names of endpoints, flows or phases. Omitted if the part has only one row per figure.
   */
  nameColumn?: string;
  /** The text that is shown if the part has no rows. */
  whyEmpty: string;
}

const PARTS: readonly PartOfReport[] = [
  { id: 'total', title: 'All requests', scope: 'total', whyEmpty: 'At least one side sent no requests.' },
  { id: 'flows', title: 'Flows', scope: 'flow', nameColumn: 'Flow', whyEmpty: 'The test has no flows.' },
  { id: 'steps', title: 'Steps', scope: 'step', nameColumn: 'Step', whyEmpty: 'The test has no flows.' },
  {
    id: 'endpoints',
    title: 'Endpoints',
    scope: 'endpoint',
    nameColumn: 'Endpoint',
    whyEmpty: 'The two sides have no endpoint in common.',
  },
  {
    id: 'phases',
    title: 'Phases',
    scope: 'phase',
    nameColumn: 'Phase',
    whyEmpty: 'The two sides have no phase in common.',
  },
  {
    id: 'resources',
    title: 'Resources of the target',
    scope: 'resources',
    whyEmpty: 'At least one side has no samples of the resources of the target.',
  },
];

function partSection({ id, title, scope, nameColumn, whyEmpty }: PartOfReport, comparison: Comparison): Section {
  const rows = comparison.rows.filter((row) => row.scope === scope);
  return section(
    id,
    title,
    rows.length === 0
      ? [absentBlock(whyEmpty)]
      : [
          ...(scope === 'total' ? percentileChart(comparison) : []),
          tableBlock(
            title,
            [
              ...(nameColumn ? [nameColumn] : []),
              'Metric',
              ...numberColumns('Reference', 'Candidate', 'Change', '95 % interval'),
              'Outcome',
              'Interval method',
              'Note',
            ],
            rows.map((row) => [...(nameColumn ? [row.name] : []), ...cellsOf(row)]),
          ),
        ],
  );
}

const cellsOf = (row: ComparisonRow): CellValue[] => [
  figureTitle(row),
  formatSide(row, 'reference'),
  formatSide(row, 'candidate'),
  formatChange(row),
  formatChangeInterval(row) || NO_VALUE,
  OUTCOME_WORDS[row.outcome],
  intervalMethodsText(row) || NO_VALUE,
  row.note ?? '',
];

const CURVE = [0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1];

function percentileChart({ reference, candidate }: Comparison): Block[] {
  const sides = { reference, candidate };
  const curves = Object.entries(sides).flatMap(([name, side]) => {
    const histograms = side.flatMap(({ parts }) => parts.find(({ scope }) => scope === 'total')?.histogram ?? []);
    const [first, ...rest] = histograms;
    if (!first || histograms.length < side.length) return [];
    const merged = rest.reduce(mergeHistograms, first);
    return [{ name, count: merged.count, points: CURVE.map((q) => ({ q, ms: quantile(merged, q) })) }];
  });
  if (curves.length < Object.keys(sides).length) return [];
  const chart: PercentileChart & { id: string; title: string } = {
    type: 'percentiles',
    id: 'percentiles',
    title: 'Response time by percentile',
    series: curves.map(({ name, points }) => ({ name, points })),
    sparseFromQ: sparseFromQ(Math.min(...curves.map(({ count }) => count))),
  };
  return [{ kind: 'chart', ...chart }];
}

function notesSection(comparison: Comparison): Section {
  return section('notes', 'Notes', [listBlock(comparisonNotes(comparison))]);
}
