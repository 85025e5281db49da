import {
  bursts,
  during,
  errorRateBelow,
  minor,
  noFailedCheck,
  noRestarts,
  nothingLost,
  percentileBelow,
  refusalShareAbove,
  refusalShareBelow,
  startSpreadBelow,
  type TestDefinition,
} from 'load-suite';

export const BURST_PAUSE = '8s';

/** The target allows five requests per minute and agent, so it must refuse the sixth burst. */
const ALLOWED_BURSTS = ['first', 'second', 'third', 'fourth', 'fifth'];
const REFUSED_BURST = 'over-limit';

/** Bursts that use up the rate limit of each agent, and one more. The target must accept the first five and lose no records. */
export function burstsAroundRateLimit(vus: number): Pick<TestDefinition, 'workload' | 'criteria' | 'assess'> {
  const allSamples = { minSamples: ALLOWED_BURSTS.length * vus };
  return {
    workload: bursts(
      [...ALLOWED_BURSTS, REFUSED_BURST].map((phase) => ({ phase, vus })),
      { pause: BURST_PAUSE },
    ),
    criteria: [
      startSpreadBelow('50ms'),
      noFailedCheck(),
      during(ALLOWED_BURSTS, { ...errorRateBelow(0.05), ...allSamples }),
      during(ALLOWED_BURSTS, { ...percentileBelow(0.95, '2s'), ...allSamples }),
      during(ALLOWED_BURSTS, { ...refusalShareBelow(429, 0.05), ...allSamples }),
      during([REFUSED_BURST], { ...refusalShareAbove(429, 0.7), minSamples: vus }),
      nothingLost(),
      minor(noRestarts()),
    ],
    assess: ['checklist'],
  };
}
