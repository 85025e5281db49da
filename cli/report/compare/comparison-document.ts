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

/** A comparison as a report, from itself alone. */
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
  const counts = Object.entries(OUTCOME_WORDS).map(
    ([outcome]) => rows.filter((row) => row.outcome === outcome).length,
  );
  return section('summary', 'Summary', [
    because.length === 0
      ? absentBlock('No figure is known on both sides that a conclusion could rest on.')
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
      'What was compared',
      ['Side', 'Run', 'Started', 'Test'],
      [...reference.map(run('reference')), ...candidate.map(run('candidate'))],
    ),
    tableOrAbsent(
      'Nothing that is known of the runs differs between the sides beside their figures.',
      'What differs between them',
      ['What', 'Reference', 'Candidate'],
      circumstances.map(({ name, reference, candidate }) => [name, reference, candidate]),
    ),
  ]);
}

interface PartOfReport {
  id: string;
  title: string;
  scope: ComparisonRow['scope'];
  /** What the first column names; without it there is one thing only. */
  what?: string;
  nothing: string;
}

const PARTS: readonly PartOfReport[] = [
  { id: 'total', title: 'All requests', scope: 'total', nothing: 'No request was sent on both sides.' },
  { id: 'flows', title: 'Flows', scope: 'flow', what: 'Flow', nothing: 'The test has no flow.' },
  { id: 'steps', title: 'Steps', scope: 'step', what: 'Step', nothing: 'The test has no flow.' },
  {
    id: 'endpoints',
    title: 'Endpoints',
    scope: 'endpoint',
    what: 'Endpoint',
    nothing: 'No endpoint is known on both sides.',
  },
  {
    id: 'phases',
    title: 'Phases',
    scope: 'phase',
    what: 'Phase',
    nothing: 'No phase is known on both sides.',
  },
  {
    id: 'resources',
    title: 'Resources of the target',
    scope: 'resources',
    nothing: 'The target was not watched on both sides.',
  },
];

function partSection({ id, title, scope, what, nothing }: PartOfReport, comparison: Comparison): Section {
  const rows = comparison.rows.filter((row) => row.scope === scope);
  return section(
    id,
    title,
    rows.length === 0
      ? [absentBlock(nothing)]
      : [
          ...(scope === 'total' ? percentileChart(comparison) : []),
          tableBlock(
            title,
            [
              ...(what ? [what] : []),
              'Figure',
              ...numberColumns('Reference', 'Candidate', 'Change', 'Interval at 95 %'),
              'Outcome',
              'Interval by',
              'Note',
            ],
            rows.map((row) => [...(what ? [row.name] : []), ...cellsOf(row)]),
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

const CURVE = [
  0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1,
];

function percentileChart({ reference, candidate }: Comparison): Block[] {
  const sides = { reference, candidate };
  const curves = Object.entries(sides).flatMap(([name, side]) => {
    const histograms = side.flatMap(
      ({ parts }) => parts.find(({ scope }) => scope === 'total')?.histogram ?? [],
    );
    const [first, ...others] = histograms;
    if (!first || histograms.length < side.length) return [];
    const merged = others.reduce(mergeHistograms, first);
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
