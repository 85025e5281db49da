import {
  defineTest,
  during,
  errorRateBelow,
  minor,
  noRestarts,
  percentileBelow,
  rampingVUs,
  recoversWithin,
  withProbe,
} from 'load-suite';
import { product, singleRead, usualTraffic } from './product.ts';

const SPIKE_PHASES = ['spike-up', 'spike'];

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'spike',
  description: 'a sudden spike from 0 to 300 users and back',
  // The probe keeps sending a few requests, so that response times are known before and after the spike.
  workload: withProbe(
    rampingVUs([
      { phase: 'before', duration: '30s', target: 0 },
      { phase: 'spike-up', duration: '30s', target: 300 },
      { phase: 'spike', duration: '2m', target: 300 },
      { phase: 'spike-down', duration: '30s', target: 0 },
      { phase: 'recovery', duration: '1m', target: 0 },
    ]),
    { ratePerS: 5, maxVUs: 30 },
  ),
  traffic: { load: usualTraffic, probe: singleRead },
  criteria: [
    during(SPIKE_PHASES, percentileBelow(0.95, '500ms')),
    during(SPIKE_PHASES, errorRateBelow(0.02)),
    recoversWithin('30s', {
      scenario: 'probe',
      referencePhase: 'before',
      recoveryPhase: 'recovery',
      tolerance: 0.2,
    }),
    minor(noRestarts()),
  ],
});
