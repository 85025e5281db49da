import type {
  Comparison,
  ComparisonRow,
  Excerpt,
  LadderComparison,
  LadderFinding,
} from '../../../lib/core/comparison/index.ts';
import { formatCount } from '../../../lib/core/numbers/index.ts';
import { paint } from '../../support/terminal.ts';
import { alignColumns, capitalize } from '../format.ts';
import { LADDER_TITLE } from '../run/ladder.ts';
import { indentLines, paintVerdict, TONE_COLORS, tableLines, titledLines, wrapLines } from '../terminal.ts';
import {
  comparisonNotes,
  comparisonSubject,
  figureTitle,
  formatChange,
  formatChangeInterval,
  formatSide,
  OUTCOME_WORDS,
  partName,
  rowSentence,
} from './comparison-text.ts';
import { carriedUsersText, findingText, reasonsTitle, rungComparisonTable, undecidedText } from './ladder.ts';

const MAX_REASONS_SHOWN = 5;

/**
 * Returns the terminal report of a comparison: outcome, reasons and compared values.
 * @param all also shows the rows that are hidden by default
 */
export function comparisonReport(comparison: Comparison, all: boolean): string {
  const { outcome, because, reference, candidate, rows, circumstances, ladder } = comparison;
  const shown = all ? rows : rows.filter(isImportant);
  const more = because.length - MAX_REASONS_SHOWN;
  return [
    '',
    `${paintVerdict(OUTCOME_WORDS[outcome])}  ${comparisonSubject(comparison)}`,
    ...because.slice(0, MAX_REASONS_SHOWN).flatMap((row) => wrapLines(rowSentence(row), '    ', '  ')),
    ...(more > 0 ? [`  and ${formatCount(more)} more`] : []),
    ...(ladder ? ladderSections(ladder) : []),
    ...titledLines('Runs', [`  reference  ${idsOf(reference)}`, `  candidate  ${idsOf(candidate)}`]),
    ...titledLines(
      'Differences between the runs',
      indentLines(
        alignColumns(
          circumstances.map(({ name, reference, candidate }) => [name, `${reference} → ${candidate}`]),
          2,
        ),
      ),
    ),
    ...figureSections(shown),
    ...restNote(rows, shown),
    ...titledLines(
      'Notes',
      comparisonNotes(comparison).flatMap((note) => wrapLines(note, '    ', '  ')),
    ),
    '',
    '',
  ].join('\n');
}

function ladderSections(ladder: LadderComparison): string[] {
  return [
    ...titledLines(LADDER_TITLE, tableLines(rungComparisonTable(ladder), 2)),
    ...wrapLines(carriedUsersText(ladder), '  '),
    ...(ladder.findings.length === 0 ? wrapLines(undecidedText(ladder), '  ') : ladder.findings.flatMap(findingLines)),
  ];
}

const findingLines = (finding: LadderFinding): string[] => [
  '',
  ...wrapLines(findingText(finding), '  ').map((line) => paint('bold', line)),
  ...wrapLines(reasonsTitle(finding), '  '),
  ...finding.reasons.flatMap(({ text }) => wrapLines(text, '    ', '  → ')),
];

/** Rows that are shown by default: all requests, flows, and every value that got better or worse. */
const isImportant = ({ scope, outcome }: ComparisonRow): boolean =>
  scope === 'total' || scope === 'flow' || outcome === 'worse' || outcome === 'better';

const idsOf = (side: readonly Excerpt[]) => side.map(({ id }) => id).join(', ');

/**
 * Returns the lines of one table per part of the test. All tables use the same column widths, so that values line up.
 */
function figureSections(rows: readonly ComparisonRow[]): string[] {
  const width = Math.max(...Object.values(OUTCOME_WORDS).map(({ text }) => text.length));
  const columns = alignColumns(
    rows.map((row) => [
      figureTitle(row),
      formatSide(row, 'reference'),
      formatSide(row, 'candidate'),
      formatChange(row),
      formatChangeInterval(row),
    ]),
  );
  const lines = rows.map((row, i) => {
    const { text, tone } = OUTCOME_WORDS[row.outcome];
    const note = row.note ? `  ${paint('dim', row.note)}` : '';
    return {
      part: partName(row),
      line: `  ${paint(TONE_COLORS[tone], text.padEnd(width))}  ${columns[i]}${note}`,
    };
  });
  return [...Map.groupBy(lines, ({ part }) => part)].flatMap(([part, partLines]) =>
    titledLines(
      capitalize(part),
      partLines.map(({ line }) => line),
    ),
  );
}

function restNote(rows: readonly ComparisonRow[], shown: readonly ComparisonRow[]): string[] {
  const rest = rows.filter((row) => !shown.includes(row));
  if (rest.length === 0) return [];
  const same = rest.filter(({ outcome }) => outcome === 'same').length;
  return [
    '',
    `  Not shown: ${formatCount(same)} rows without change and ${formatCount(rest.length - same)} undecided rows. Use --all to show them.`,
  ];
}
