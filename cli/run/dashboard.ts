import type { RunFolder } from '../results/store.ts';
import type { Terminal } from '../support/terminal.ts';
import { freeAddress } from './k6-api.ts';

/** k6's web dashboard: live on a free port, its HTML export and its recording beside the result. */
export async function dashboardSettings(
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
