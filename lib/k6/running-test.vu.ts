import { contractShareOf } from '../core/definition/index.ts';
import { settings } from './settings.ts';

const { contractShare, peakVUs, scenarios, variables } = settings;
const generators = (variables.GENERATORS as number | undefined) ?? 1;

export const runningTest = {
  contractShare: contractShareOf(__VU, contractShare, Math.ceil(peakVUs / generators)),
  // Generators number their VUs in turn, and of each scenario some may have one VU more than others.
  vus: peakVUs + scenarios * (generators - 1),
};
