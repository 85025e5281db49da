import exec from 'k6/execution';
import {
  arrivalPhases,
  breakerOpensWithin,
  breakerRecoversWithin,
  defineTest,
  degradedShareBelow,
  during,
  each,
  endpoint,
  errorRateBelow,
  minor,
  noRestarts,
  nothingLost,
  percentileBelow,
  visit,
  withProbe,
} from 'load-suite';
import { admin, nextMember, product, registerAnyMember } from './product.ts';

const OUTAGE = 'outage';

const drill = endpoint('PUT /admin/drills/email', { auth: admin, has: 'cutOff' });

/** Tells the service over and over whether its email provider is out of reach, as the phase wants it. */
const drillOfPhase = () => drill.call('', JSON.stringify({ cutOff: exec.vu.metrics.tags.phase === OUTAGE }));

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'circuit-breaker',
  description: 'the email provider goes and comes back: registrations go on without it',
  workload: withProbe(
    arrivalPhases(
      [
        { phase: 'before', duration: '15s', ratePerS: 20 },
        { phase: OUTAGE, duration: '40s', ratePerS: 20 },
        { phase: 'recovery', duration: '45s', ratePerS: 20 },
      ],
      { maxVUs: 80 },
    ),
    { ratePerS: 2, maxVUs: 4 },
  ),
  traffic: {
    load: each([visit(1, registerAnyMember, (it) => it.call('', nextMember()))]),
    probe: each([visit(1, drill, drillOfPhase)]),
  },
  criteria: [
    errorRateBelow(0.01),
    percentileBelow(0.95, '2s'),
    // Those that are under way when the provider goes are told of it, too.
    during(['before'], degradedShareBelow(0.3)),
    breakerOpensWithin('20s', OUTAGE),
    breakerRecoversWithin('20s', 'recovery'),
    nothingLost(),
    minor(noRestarts()),
  ],
  assess: ['checklist'],
});
