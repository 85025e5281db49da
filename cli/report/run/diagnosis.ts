import type { Diagnosis, Result } from '../../../lib/core/evidence/index.ts';
import type { Section } from '../document.ts';
import { formatRange } from '../format.ts';
import { confidenceText } from '../words.ts';
import { absent, list, table, text } from './blocks.ts';

/** Why it went as it did, each cause with what speaks for it. */
export function diagnosisSection(result: Result): Section {
  const { diagnosis, criteria } = result;
  const healthy = criteria.length > 0 && criteria.every(({ status }) => status === 'pass');
  const none = healthy
    ? 'Every criterion passes, and no rule found anything amiss.'
    : 'No rule found a cause in what was measured.';
  return {
    id: 'diagnosis',
    title: 'Diagnosis',
    blocks: diagnosis.length === 0 ? [absent(none)] : [],
    sections: diagnosis.map((one) => causeSection(one, result)),
  };
}

function causeSection(
  { cause, title, confidence, evidence, recommendation, ruledOut, explains, fixable }: Diagnosis,
  { criteria }: Result,
): Section {
  const explained = criteria.filter(({ id }) => explains.includes(id)).map((criterion) => criterion.title);
  return {
    id: `diagnosis-${cause}`,
    title,
    blocks: [
      text(`Confidence: ${confidenceText(confidence)}.`),
      table(
        'Evidence',
        ['When', 'What was seen'],
        evidence.map(({ fromMs, toMs, text: seen }) => [formatRange(fromMs, toMs), seen]),
      ),
      text(`Recommendation: ${recommendation}`),
      ...(explained.length > 0
        ? [
            text(
              `Accounts for: ${explained.join(', ')}${fixable ? '. A change of configuration mends it.' : '.'}`,
            ),
          ]
        : []),
      ...(ruledOut.length > 0 ? [text('Ruled out:'), list(ruledOut)] : []),
    ],
  };
}
