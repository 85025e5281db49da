import { formatCount, formatMs, formatPercent, formatRate, pluralize } from '../../numbers/index.ts';
import { droppedLoad, missingVUs } from '../validity.ts';
import { spanOf, wholeRun, windowsWithCount } from './periods.ts';
import { certainAbsence, type DiagnosisRule, directSignal } from './rule.ts';

export const loadNotDelivered: DiagnosisRule = {
  cause: 'load-not-delivered',
  title: 'The load was not delivered',
  alternatives: ['generator-saturated', 'cpu-saturated', 'database-pool-exhausted', 'process-crash'],

  suspect(evidence) {
    const { totals, run } = evidence;
    const dropped = droppedLoad(evidence);
    const missing = missingVUs(evidence);
    if (run.outcome !== 'completed' || (!dropped && !missing)) return null;
    const seconds = run.durationMs / 1000;
    const due = (totals.iterations + (dropped?.iterations ?? 0)) / seconds;
    // An iteration makes as many requests as there were for each, one after the other.
    const iterationMs = (totals.requests / Math.max(1, totals.iterations)) * totals.durationMs.p95;
    return {
      signals: [
        dropped &&
          directSignal(
            spanOf(windowsWithCount(evidence, evidence.windows.droppedIterations)),
            `${pluralize(dropped.iterations, 'iteration')} (${formatPercent(dropped.share)}) never began: no VU was free`,
          ),
        missing &&
          directSignal(
            wholeRun(evidence),
            `${formatCount(missing.had)} of ${pluralize(missing.of, 'VU')} were reached`,
          ),
      ],
      recommendation: dropped
        ? `Give the scenario more VUs, at least ${formatCount(Math.ceil((due * iterationMs) / 1000))} for ${formatRate(due)} of up to ${formatMs(iterationMs)} each, or mend what makes the responses slow, and run it again: this run omitted load just when it counted.`
        : `Run it again where ${pluralize(missing?.of ?? 0, 'VU')} can start: look for limits on memory, open files and time in k6's log.`,
      effect: {},
    };
  },

  absence({ generator }) {
    return certainAbsence(
      `${pluralize(generator.droppedIterations, 'iteration')} dropped, and ${formatCount(generator.vusMax)} of ${pluralize(Math.max(generator.vusPlanned, generator.vusMax), 'VU')} reached`,
    );
  },
};
