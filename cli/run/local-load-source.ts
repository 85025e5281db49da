import { withoutProbes } from '../probes/probe-kinds.ts';
import type { RunFolder } from '../results/run-folder.ts';
import type { Terminal } from '../support/terminal.ts';
import { telemetrySettings } from '../telemetry/k6-settings.ts';
import { withoutExporterVariables } from '../telemetry/stores.ts';
import type { Division } from './division.ts';
import { generatorNames, startGenerators } from './generators.ts';
import { goSettings } from './go-settings.ts';
import { bundlePath } from './inspect.ts';
import { freeAddress } from './k6-api.ts';
import type { LoadSource } from './measure.ts';
import type { PreparedRun } from './prepare.ts';

interface Options extends PreparedRun {
  test: string;
  divided: Division;
  dashboard: boolean;
  terminal: Terminal;
}

/** Generates the load on this machine, with a single k6 process or with several processes that share the test. */
export function localLoadSource({
  test,
  k6,
  plan,
  settings: { env },
  divided: { generators, undividedReason },
  dashboard,
  terminal,
}: Options): LoadSource {
  const names = generatorNames(generators);
  return {
    names,
    notes: undividedReason ? [`ran on one generator: ${undividedReason}`] : [],
    async start({ start, folder, filesOf, redact }, { telemetry, endpoint, windowMs, stores }) {
      const dashboardOptions = dashboard ? await dashboardSettings(folder, terminal) : null;
      return startGenerators({
        binary: k6.path,
        bundle: bundlePath(test),
        outputs: ['opentelemetry', ...stores.outputs, ...(dashboardOptions?.outputs ?? [])],
        tags: stores.tags,
        names,
        filesOf,
        redact,
        env: {
          ...withoutExporterVariables(withoutProbes(env)),
          ...stores.env,
          ...goSettings(env, plan.workload.peakVUs, names.length),
          ...telemetrySettings(endpoint, windowMs),
          ...dashboardOptions?.env,
          GENERATORS: String(names.length),
          RUN_ID: start.run.id,
        },
        onEnd: telemetry.markEnded,
      });
    },
  };
}

/** Enables k6's web dashboard on a free port. k6 writes its HTML export and recording next to the result. */
async function dashboardSettings(
  folder: RunFolder,
  terminal: Terminal,
): Promise<{ outputs: string[]; env: Record<string, string> }> {
  const address = await freeAddress();
  const { hostname, port } = new URL(`http://${address}`);
  terminal.line(`Dashboard: http://${address}`);
  return {
    outputs: ['web-dashboard'],
    env: {
      K6_WEB_DASHBOARD_HOST: hostname,
      K6_WEB_DASHBOARD_PORT: port,
      K6_WEB_DASHBOARD_OPEN: String(terminal.live),
      K6_WEB_DASHBOARD_EXPORT: folder.file('dashboard'),
      K6_WEB_DASHBOARD_RECORD: folder.file('dashboardRecording'),
    },
  };
}
