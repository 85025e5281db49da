import { defineSmokeTest, each, inSequence, nothingLost, visit } from 'load-suite';
import { newClaims } from './flows/claim.ts';
import { healthChecks, newAgents, newMembers, product, randomMemberId, readPolicy } from './product.ts';

export const { options, run, handleSummary } = defineSmokeTest({
  product,
  description: 'every endpoint once',
  traffic: inSequence(
    healthChecks,
    each([visit(1, readPolicy, (it) => it.call(randomMemberId()))]),
    newAgents,
    newMembers,
    newClaims,
  ),
  contracts: 5,
  criteria: [nothingLost()],
});
