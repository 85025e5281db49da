import type {
  Comparison,
  ComparisonRow,
  Excerpt,
  LadderComparison,
  LadderFinding,
} from '../../../lib/core/comparison/index.ts';
import { formatCount } from '../../../lib/core/numbers/index.ts';
import { paint } from '../../support/terminal.ts';
import { alignColumns, capitalised } from '../format.ts';
import { LADDER_TITLE } from '../run/ladder.ts';
import { COLOURS, indented, section, tableLines, wrapped } from '../terminal.ts';
import { carried, findingWords, reasonsTitle, rungTable, undecided } from './ladder.ts';
import {
  figureTitle,
  formatChange,
  formatChangeInterval,
  formatSide,
  notesOf,
  OUTCOME_WORDS,
  partName,
  sentence,
  subjectOf,
} from './words.ts';

const REASONS_SHOWN = 5;

/**
 * The outcome first, then what it rests on.
 * @param all every row, and not only those that say most
 */
export function comparisonReport(comparison: Comparison, all: boolean): string {
  const { outcome, because, reference, candidate, rows, circumstances, ladder } = comparison;
  const { words, tone } = OUTCOME_WORDS[outcome];
  const shown = all ? rows : rows.filter(isTelling);
  const more = because.length - REASONS_SHOWN;
  return [
    '',
    `${paint('bold', paint(COLOURS[tone], words))}  ${subjectOf(comparison)}`,
    ...because.slice(0, REASONS_SHOWN).flatMap((row) => wrapped(sentence(row), '    ', '  ')),
    ...(more > 0 ? [`  and ${formatCount(more)} more`] : []),
    ...(ladder ? ladderSections(ladder) : []),
    ...section('Runs', [`  reference  ${idsOf(reference)}`, `  candidate  ${idsOf(candidate)}`]),
    ...section(
      'What differs between them',
      indented(
        alignColumns(
          circumstances.map(({ name, reference, candidate }) => [name, `${reference} → ${candidate}`]),
          2,
        ),
      ),
    ),
    ...figureSections(shown),
    ...restNote(rows, shown),
    ...section(
      'Notes',
      notesOf(comparison).flatMap((note) => wrapped(note, '    ', '  ')),
    ),
    '',
    '',
  ].join('\n');
}

function ladderSections(ladder: LadderComparison): string[] {
  return [
    ...section(LADDER_TITLE, tableLines(rungTable(ladder), 2)),
    ...wrapped(carried(ladder), '  '),
    ...(ladder.findings.length === 0
      ? wrapped(undecided(ladder), '  ')
      : ladder.findings.flatMap(findingLines)),
  ];
}

const findingLines = (finding: LadderFinding): string[] => [
  '',
  ...wrapped(findingWords(finding), '  ').map((line) => paint('bold', line)),
  ...wrapped(reasonsTitle(finding), '  '),
  ...finding.reasons.flatMap(({ text }) => wrapped(text, '    ', '  → ')),
];

/** What is shown without asking: the whole, journeys, and all that changed. */
const isTelling = ({ scope, outcome }: ComparisonRow): boolean =>
  scope === 'total' || scope === 'flow' || outcome === 'worse' || outcome === 'better';

const idsOf = (side: readonly Excerpt[]) => side.map(({ id }) => id).join(', ');

/** One alignment for all, so that the eye can run down a column across parts. */
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
      line: `  ${paint(COLOURS[tone], text.padEnd(width))}  ${columns[i]}${note}`,
    };
  });
  return [...Map.groupBy(lines, ({ part }) => part)].flatMap(([part, own]) =>
    section(
      capitalised(part),
      own.map(({ line }) => line),
    ),
  );
}

function restNote(rows: readonly ComparisonRow[], shown: readonly ComparisonRow[]): string[] {
  const rest = rows.filter((row) => !shown.includes(row));
  if (rest.length === 0) return [];
  const same = rest.filter(({ outcome }) => outcome === 'same').length;
  return [
    '',
    `  More rows, ${formatCount(same)} that are the same and ${formatCount(rest.length - same)} that can't be told: --all shows them.`,
  ];
}
