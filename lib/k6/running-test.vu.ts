import { contractShareOf } from '../core/definition/index.ts';
import { settings } from './settings.ts';

const { contractShare, peakVUs, interruptedAfterMs, variables } = settings;
const scenarios = Object.keys(interruptedAfterMs).length;
const generators = (variables.GENERATORS as number | undefined) ?? 1;

export const runningTest = {
  contractShare: contractShareOf(__VU, contractShare, Math.ceil(peakVUs / generators)),
  // VU numbers are interleaved among generators, and in each scenario some generators have one VU more than others.
  vus: peakVUs + scenarios * (generators - 1),
};
