import type { Result } from '../../lib/core/evidence/index.ts';
import { formatDuration } from '../../lib/core/numbers/index.ts';
import type { Document } from './document.ts';
import { formatInstant, formatScale } from './format.ts';
import type { Source } from './formats.ts';
import { runSections } from './run/index.ts';
import { DECISIONS } from './words.ts';

/** What every report of a run is made from. */
export const runReport = (result: Result): Source => ({ run: result, document: () => runDocument(result) });

/** The whole report of one run, from its result alone. */
export function runDocument(result: Result): Document {
  const { run, verdict } = result;
  return {
    title: `Load test report: ${run.product}/${run.test}`,
    subtitle: [
      run.description,
      `${run.environment}, ${run.target}`,
      `${formatInstant(run.startedAt)}, ${formatDuration(run.durationMs)}`,
      ...(run.scaled ? [`scaled: ${formatScale(run.scale)}`] : []),
      ...(run.partial ? ['partial'] : []),
    ].join(' · '),
    verdict: DECISIONS[verdict.decision],
    sections: runSections(result),
  };
}
