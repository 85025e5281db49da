import type { CriterionStatus, Decision } from '../../lib/core/evidence/index.ts';
import { formatValue } from '../../lib/core/numbers/index.ts';
import type { Tone } from './report-document.ts';

/** The text and tone of each verdict. All reports use the same text. */
export const DECISION_WORDS: Record<Decision, { words: string; tone: Tone }> = {
  GO: { words: 'GO', tone: 'good' },
  CONDITIONAL_GO: { words: 'CONDITIONAL GO', tone: 'warning' },
  NO_GO: { words: 'NO-GO', tone: 'bad' },
  INCONCLUSIVE: { words: 'INCONCLUSIVE', tone: 'warning' },
  INVALID: { words: 'INVALID', tone: 'bad' },
};

export const STATUS_CELLS: Record<CriterionStatus, { text: string; tone: Tone }> = {
  pass: { text: '✓ pass', tone: 'good' },
  fail: { text: '✗ fail', tone: 'bad' },
  inconclusive: { text: '? inconclusive', tone: 'warning' },
  'no data': { text: '– no data', tone: 'warning' },
};

/** Words for a confidence. The first entry whose `from` is not above the confidence is used. */
const CONFIDENCES: readonly { from: number; words: string }[] = [
  { from: 0.9, words: 'very likely' },
  { from: 0.7, words: 'likely' },
  { from: 0.4, words: 'possible' },
  { from: 0, words: 'a guess' },
];

/**
 * Returns a text such as `very likely (97.0 %)`.
 * @param confidence a number from 0 to 1
 */
export function confidenceText(confidence: number): string {
  const words = CONFIDENCES.find(({ from }) => confidence >= from)?.words ?? 'a guess';
  return `${words} (${formatValue(confidence, 'fraction')})`;
}
