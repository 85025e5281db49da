import type { TestPlan } from '../../lib/core/definition/index.ts';
import { type StartedProbes, startProbes } from '../probes/start.ts';
import type { Terminal } from '../support/terminal.ts';
import { collectTelemetry, type TelemetryCollection } from '../telemetry/collect-telemetry.ts';
import { windowLengthMs } from '../telemetry/k6-settings.ts';
import { type RemoteReceiver, receiveTelemetry } from '../telemetry/receiver.ts';
import { openStores, type Stores } from '../telemetry/stores.ts';
import { type Progress, showProgress } from './progress.ts';
import type { Recording } from './recording.ts';
import type { Settings } from './run-settings.ts';

/** The telemetry receiver and the probes of a run, which start before the load and stop after the load. */
export interface Watch {
  windowMs: number;
  progress: Progress;
  stores: Stores;
  telemetry: TelemetryCollection;
  /** The address at which the runner receives telemetry. */
  endpoint: string;
  probes: StartedProbes;
}

interface Options {
  plan: TestPlan;
  settings: Settings;
  names: readonly string[];
  receiver: RemoteReceiver | undefined;
  terminal: Terminal;
}

/** Starts the telemetry receiver and the probes. Disposing `cleanup` closes the receiver and the probes. */
export async function startWatching(
  { plan, settings, names, receiver, terminal }: Options,
  { start, note, addWindow, addSample }: Recording,
  cleanup: AsyncDisposableStack,
): Promise<Watch> {
  const windowMs = windowLengthMs(plan.scale.time);
  const progress = cleanup.use(showProgress(plan.workload, terminal));
  const stores = cleanup.use(openStores(settings, start, windowMs));
  const telemetry = collectTelemetry(names, windowMs, (window) => {
    addWindow(window);
    progress.window(window);
  });
  const { endpoint } = cleanup.use(await receiveTelemetry(telemetry.add, stores.forward, receiver));
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
