import {
  constantVUs,
  defineTest,
  flowMeanBelow,
  flowPercentileBelow,
  flowSuccessAbove,
  withThinkTime,
} from 'load-suite';
import { bookingFlow } from './flows/booking.ts';
import { product } from './product.ts';

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'business-flow',
  description: '100 customers book at the same time, and every booking flow is followed to its last step',
  workload: constantVUs({ vus: 100, duration: '10m', gracefulStop: '30s' }),
  traffic: withThinkTime(bookingFlow),
  // These criteria judge whole flows, because a customer waits for all steps together.
  criteria: [
    flowSuccessAbove('booking', 0.95),
    flowMeanBelow('booking', '5s'),
    flowPercentileBelow('booking', 0.95, '10s'),
  ],
});
