import { contractsHold, noFailedCheck, nothingLost } from '../../lib/core/criteria.ts';
import { once } from '../../lib/core/workloads.ts';
import { defineTest } from '../../lib/k6/define-test.ts';
import { each, inSequence, visit } from '../../lib/k6/traffic.ts';
import { newClaims } from './flows/claim.ts';
import { anyMember, healthChecks, newAgents, newMembers, product, readPolicy } from './product.ts';

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'smoke',
  description: 'every endpoint, once',
  workload: once({ maxDuration: '1m' }),
  traffic: inSequence(
    healthChecks,
    each([visit(1, readPolicy, (it) => it.call(anyMember()))]),
    newAgents,
    newMembers,
    newClaims,
  ),
  contractShare: 1,
  criteria: [noFailedCheck(), contractsHold(5), nothingLost()],
});
