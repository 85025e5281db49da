import { SharedArray } from 'k6/data';
import { interruptedAfterMs, type ReadableVariables } from '../core/definition/index.ts';
import { loadDescription, type TestDescription } from './description.ts';

/**
 * Settings that VU 0 computes for all VUs. Computing them in each of hundreds of VUs would cost memory and start-up
 * time.
 */
interface Settings {
  /** In order; `endMs` is in ms from the start of the run. */
  phases: { name: string; endMs: number }[];
  /** Scenarios whose VUs start at the same instant. */
  bursts: string[];
  peakVUs: number;
  /** For each scenario, the time from its start until k6 interrupts its iterations. */
  interruptedAfterMs: Record<string, number>;
  /** Share of the responses of all VUs that are checked against their contract. */
  contractShare: number;
  variables: ReadableVariables;
  /**
   * Variables that are lists, separated by commas, because parsing long lists from JSON would slow down the start of
   * VUs.
   */
  lists: Partial<Record<string, string>>;
}

// Load the description before creating the shared array: the description creates shared arrays too, and k6 cannot nest
// them.
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
    interruptedAfterMs: Object.fromEntries(
      Object.entries(workload.scenarios).map(([name, scenario]) => [name, interruptedAfterMs(scenario)]),
    ),
    contractShare,
    variables: Object.fromEntries(variables.filter(([, value]) => !Array.isArray(value))),
    lists: Object.fromEntries(
      variables.flatMap(([name, value]) => (Array.isArray(value) ? [[name, value.join(',')]] : [])),
    ),
  };
  return [JSON.stringify(settings)];
});

export const settings: Settings = JSON.parse(shared[0] as string);
