import type { TestPlan } from '../../lib/core/definition/index.ts';
import { type StartedProbes, startProbes } from '../probes/start.ts';
import type { Terminal } from '../support/terminal.ts';
import { type Gathering, gather } from '../telemetry/gather.ts';
import { windowLength } from '../telemetry/k6-settings.ts';
import { type Inlet, receiveTelemetry } from '../telemetry/receiver.ts';
import { openStores, type Stores } from '../telemetry/stores.ts';
import { type Progress, showProgress } from './progress.ts';
import type { Recording } from './recording.ts';
import type { Settings } from './settings.ts';

/** Everything that watches a run, from before the load until after it. */
export interface Watch {
  windowMs: number;
  progress: Progress;
  stores: Stores;
  telemetry: Gathering;
  /** Where the runner takes telemetry. */
  endpoint: string;
  probes: StartedProbes;
}

interface Options {
  plan: TestPlan;
  settings: Settings;
  names: readonly string[];
  inlet?: Inlet | undefined;
  terminal: Terminal;
}

/** Begins to watch: what it opens, the stack closes. */
export async function startWatching(
  { plan, settings, names, inlet, terminal }: Options,
  { start, note, addWindow, addSample }: Recording,
  cleanup: AsyncDisposableStack,
): Promise<Watch> {
  const windowMs = windowLength(plan.scale.time);
  const progress = cleanup.use(showProgress(plan.workload, terminal));
  const stores = cleanup.use(openStores(settings, start, windowMs));
  const telemetry = gather(names, windowMs, (window) => {
    addWindow(window);
    progress.window(window);
  });
  const { endpoint } = cleanup.use(await receiveTelemetry(telemetry.take, stores.forward, inlet));
  const probes = cleanup.use(
    startProbes({
      configured: settings.probes,
      metricsPath: plan.target.metricsPath,
      intervalMs: windowMs,
      onSample: addSample,
      note,
    }),
  );
  await probes.sample();
  return { windowMs, progress, stores, telemetry, endpoint, probes };
}
