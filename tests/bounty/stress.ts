import {
  arrivalRamps,
  breakingPointAbove,
  defineTest,
  each,
  endpoint,
  errorRateBelow,
  minor,
  mix,
  none,
  noRestarts,
  percentileBelow,
  recoversWithin,
  visit,
  withProbe,
} from 'load-suite';
import { product } from './product.ts';

/** A user gives up after this time. The limit also bounds the number of VUs that the load needs. */
const timeout = '2s';

const readHealth = endpoint('GET /health', { auth: none, has: 'status', timeout });
const listBounties = endpoint('GET /api/bounties', { auth: none, has: 'bounties.#', timeout });

const ramps = [
  { phase: 'up-to-100', duration: '60s', fromPerS: 50, toPerS: 100 },
  { phase: 'up-to-200', duration: '60s', fromPerS: 100, toPerS: 200 },
  { phase: 'up-to-500', duration: '60s', fromPerS: 200, toPerS: 500 },
  { phase: 'up-to-1000', duration: '60s', fromPerS: 500, toPerS: 1000 },
  { phase: 'maximum', duration: '120s', fromPerS: 1000, toPerS: 1000 },
];

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'stress',
  description: 'from 50 to 1000 arrivals per second: finds the breaking point and checks the recovery',
  workload: withProbe(
    arrivalRamps([...ramps, { phase: 'recovery', duration: '60s', fromPerS: 0, toPerS: 0 }], {
      maxVUs: 2000,
    }),
    { ratePerS: 5, maxVUs: 20 },
  ),
  traffic: {
    load: mix([
      visit(50, readHealth, (it) => it.call()),
      visit(50, listBounties, (it) => it.call('', undefined, '?limit=20&status=open')),
    ]),
    probe: each([visit(1, readHealth, (it) => it.call())]),
  },
  criteria: [
    breakingPointAbove(
      500,
      ramps.map(({ phase }) => phase),
      [percentileBelow(0.95, '200ms'), errorRateBelow(0.01)],
    ),
    // Health checks take a few milliseconds, so three times as long still counts as recovered.
    recoversWithin('30s', {
      scenario: 'probe',
      referencePhase: 'up-to-100',
      recoveryPhase: 'recovery',
      tolerance: 2,
    }),
    minor(noRestarts()),
  ],
});
