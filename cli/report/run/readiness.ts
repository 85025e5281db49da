import {
  type ComponentName,
  OUT_OF,
  READY_SCORE,
  READY_SHARE,
  type Readiness,
  type Result,
  type ScoredComponent,
} from '../../../lib/core/evidence/index.ts';
import { formatValue } from '../../../lib/core/numbers/index.ts';
import type { Cell, Section } from '../document.ts';
import { list, right, table, text } from './blocks.ts';

export const COMPONENT_TITLES: Record<ComponentName, string> = {
  'load-handling': 'Load handling',
  'response-times': 'Response times',
  'error-handling': 'Error handling',
  monitoring: 'Monitoring',
  configuration: 'Configuration',
  database: 'Database',
};

/** Whether the system is fit for production, as far as this run shows it. */
export function readinessSection({ readiness }: Result): Section | null {
  if (!readiness) return null;
  const { components, reasons } = readiness;
  return {
    id: 'readiness',
    title: 'Readiness',
    blocks: [
      text(verdictOf(readiness)),
      ...(reasons.length > 0 ? [list(reasons)] : []),
      table('Components', ['Component', 'Status', ...right('Score'), 'Notes'], components.map(componentRow)),
      text(
        `READY takes ${formatValue(READY_SHARE, 'fraction')} of all points, ${READY_SCORE} of ${OUT_OF} in every component, and every critical criterion passed. A component without data has no points.`,
      ),
    ],
  };
}

/** The same in a few lines; none where the test does not ask for it. */
export const readinessLines = ({ readiness }: Result): string[] =>
  readiness ? [verdictOf(readiness), ...readiness.reasons] : [];

const verdictOf = ({ ready, total, outOf }: Readiness) =>
  `${ready ? 'READY' : 'NOT READY'}: ${total} of ${outOf} points (${formatValue(total / outOf, 'fraction')}).`;

function componentRow({ component, score, findings }: ScoredComponent): Cell[] {
  const notes = findings.map(({ points, text }) => (points > 0 ? `${text} (−${points})` : text));
  return [
    COMPONENT_TITLES[component],
    status(score),
    scoreWords(score),
    notes.length > 0 ? notes.join('; ') : 'nothing found',
  ];
}

export const scoreWords = (score: number | null): string =>
  score === null ? 'no data' : `${score}/${OUT_OF}`;

function status(score: number | null): Cell {
  if (score === null) return { text: '– no data', tone: 'warning' };
  if (score < READY_SCORE) return { text: '✗ failed', tone: 'bad' };
  return score < READY_SHARE * OUT_OF
    ? { text: '! partial', tone: 'warning' }
    : { text: '✓ good', tone: 'good' };
}
