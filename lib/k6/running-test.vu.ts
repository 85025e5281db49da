import { settings } from './settings.ts';

/** At most this many VUs for one that holds responses to their contracts. */
const VUS_PER_CHECKER = 50;

/**
 * To load a contract costs a VU more than to hold hundreds of responses to it. So a few VUs do it for all, and
 * oftener: VUs are alike, and so are the responses that they get.
 */
function shareOfThisVU(share: number, vus: number): number {
  const vusPerChecker = Math.max(1, Math.min(VUS_PER_CHECKER, vus, Math.floor(1 / share)));
  return __VU % vusPerChecker === 1 % vusPerChecker ? share * vusPerChecker : 0;
}

const { contractShare, peakVUs, scenarios, variables } = settings;
const { GENERATORS: generators = 1 } = variables;

export const runningTest = {
  contractShare: shareOfThisVU(contractShare, Math.ceil(peakVUs / generators)),
  // Generators number their VUs in turn, and of each scenario some may have one VU more than others.
  vus: peakVUs + scenarios * (generators - 1),
};
