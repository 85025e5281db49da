import { contractsHold, noFailedCheck } from '../../lib/core/criteria.ts';
import { once } from '../../lib/core/workloads.ts';
import { defineTest } from '../../lib/k6/define-test.ts';
import { each, inSequence, visit } from '../../lib/k6/traffic.ts';
import { administration, core, monitoring, notifications, payments } from './flows/users.ts';
import { createIntent, payFifty, product } from './product.ts';

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'smoke',
  description: 'every flow and every endpoint, once',
  workload: once({ maxDuration: '1m' }),
  // The payment is made by who has signed in for the notifications.
  traffic: inSequence(
    core,
    monitoring,
    administration,
    payments,
    notifications,
    each([visit(1, createIntent, payFifty)]),
  ),
  contractShare: 1,
  criteria: [noFailedCheck(), contractsHold(12)],
});
