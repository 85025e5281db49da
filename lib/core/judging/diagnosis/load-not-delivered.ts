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
    const scheduledPerS = (totals.iterations + (dropped?.iterations ?? 0)) / seconds;
    // Estimate the duration of an iteration as that of its requests, sent one after the other.
    const iterationMs = (totals.requests / Math.max(1, totals.iterations)) * totals.responseTimeMs.p95;
    return {
      signals: [
        dropped &&
          directSignal(
            spanOf(windowsWithCount(evidence, evidence.windows.droppedIterations)),
            `${pluralize(dropped.iterations, 'iteration')} (${formatPercent(dropped.share)}) never started because no VU was free`,
          ),
        missing &&
          directSignal(
            wholeRun(evidence),
            `${formatCount(missing.started)} of ${pluralize(missing.planned, 'VU')} started`,
          ),
      ],
      recommendation: dropped
        ? `Give the scenario more VUs (at least ${formatCount(Math.ceil((scheduledPerS * iterationMs) / 1000))} for ${formatRate(scheduledPerS)} of up to ${formatMs(iterationMs)} each) or fix the slow responses, then rerun the test. This run sent less load than planned while the target was slow.`
        : `Rerun the test on a machine where ${pluralize(missing?.planned ?? 0, 'VU')} can start: check k6's log for limits on memory, open files and time.`,
      effect: {},
    };
  },

  absence({ generator }) {
    return certainAbsence(
      `${pluralize(generator.droppedIterations, 'dropped iteration')}, and ${formatCount(generator.vusMax)} of ${pluralize(Math.max(generator.vusPlanned, generator.vusMax), 'VU')} started`,
    );
  },
};
