import { SharedArray } from 'k6/data';
import type { ReadableVariables } from '../../core/variables.ts';
import type { Phase } from '../../core/workloads.ts';
import { type Description, description } from './description.ts';

/** What VU 0 works out once for all: parsing it anew costs each of hundreds of VUs memory and time. */
interface Settings {
  phases: Phase[];
  peakVUs: number;
  /** Of all responses. */
  contractShare: number;
  variables: ReadableVariables;
}

// Loaded before the array is made: it makes arrays of its own, and k6 makes one at a time.
const described = __VU === 0 ? description() : undefined;

const shared = new SharedArray('settings of the suite', () => {
  const { options, readableVariables } = described as Description;
  const { workload, contractShare } = options.ext.suite;
  const { phases, peakVUs } = workload;
  const settings: Settings = { phases, peakVUs, contractShare, variables: readableVariables() };
  return [JSON.stringify(settings)];
});

export const settings: Settings = JSON.parse(shared[0] as string);
