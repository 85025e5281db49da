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
import { admin, nextMember, product, registerMemberAsNewAgent } from './product.ts';

const OUTAGE = 'outage';

const setOutage = endpoint('PUT /admin/drills/email', { auth: admin, has: 'cutOff' });

/** Turns the outage of the email provider on or off according to the phase. Repeated calls change nothing. */
const setOutageForPhase = () => setOutage.call('', JSON.stringify({ cutOff: exec.vu.metrics.tags.phase === OUTAGE }));

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'circuit-breaker',
  description: 'the email provider fails and recovers, while registrations continue without it',
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
    load: each([visit(1, registerMemberAsNewAgent, (it) => it.call('', nextMember()))]),
    probe: each([visit(1, setOutage, setOutageForPhase)]),
  },
  criteria: [
    errorRateBelow(0.01),
    percentileBelow(0.95, '2s'),
    // Some requests begin before the outage and finish during it.
    during(['before'], degradedShareBelow(0.3)),
    breakerOpensWithin('20s', OUTAGE),
    breakerRecoversWithin('20s', 'recovery'),
    nothingLost(),
    minor(noRestarts()),
  ],
  assess: ['checklist'],
});
