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

export const PAUSE = '8s';

/** As many as the limit of a minute takes of each agent; the one after them is refused, as it should be. */
const within = ['first', 'second', 'third', 'fourth', 'fifth'];
const beyond = 'over-limit';

/** Bursts of so many agents up to the limit, and one beyond it: all within it are taken in time, and none is lost. */
export function burstsUpToTheLimit(vus: number): Pick<TestDefinition, 'workload' | 'criteria' | 'assess'> {
  const ofAll = { minSamples: within.length * vus };
  return {
    workload: bursts(
      [...within, beyond].map((phase) => ({ phase, vus })),
      { pause: PAUSE },
    ),
    criteria: [
      startSpreadBelow('50ms'),
      noFailedCheck(),
      during(within, { ...errorRateBelow(0.05), ...ofAll }),
      during(within, { ...percentileBelow(0.95, '2s'), ...ofAll }),
      during(within, { ...refusalShareBelow(429, 0.05), ...ofAll }),
      during([beyond], { ...refusalShareAbove(429, 0.7), minSamples: vus }),
      nothingLost(),
      minor(noRestarts()),
    ],
    assess: ['checklist'],
  };
}
