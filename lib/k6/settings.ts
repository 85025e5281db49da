import { SharedArray } from 'k6/data';
import type { ReadableVariables } from '../core/definition/index.ts';
import { loadDescription, type TestDescription } from './description.ts';

/** What VU 0 works out once for all: parsing it anew costs each of hundreds of VUs memory and time. */
interface Settings {
  /** In their order, with when each ends: ms from the start of the run. */
  phases: { name: string; endMs: number }[];
  /** Scenarios whose VUs wait for one another. */
  bursts: string[];
  peakVUs: number;
  /** How many there are. */
  scenarios: number;
  /** Of all responses. */
  contractShare: number;
  variables: ReadableVariables;
  /** Those that are lists, with commas between: parsed as JSON they would be most of what a VU waits for here. */
  lists: Partial<Record<string, string>>;
}

// Loaded before the array is made: it makes arrays of its own, and k6 makes one at a time.
const described = __VU === 0 ? loadDescription() : undefined;

const shared = new SharedArray('settings of the suite', () => {
  const { options, readableVariables } = described as TestDescription;
  const { workload, contractShare } = options.ext.suite;
  const { phases, peakVUs, bursts = [] } = workload;
  const variables = Object.entries(readableVariables());
  const settings: Settings = {
    phases: phases.map(({ name, endMs }) => ({ name, endMs })),
    bursts: bursts.map(({ phase }) => phase),
    peakVUs,
    scenarios: Object.keys(workload.scenarios).length,
    contractShare,
    variables: Object.fromEntries(variables.filter(([, value]) => !Array.isArray(value))),
    lists: Object.fromEntries(
      variables.flatMap(([name, value]) => (Array.isArray(value) ? [[name, value.join(',')]] : [])),
    ),
  };
  return [JSON.stringify(settings)];
});

export const settings: Settings = JSON.parse(shared[0] as string);
