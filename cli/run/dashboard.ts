import { type AddressInfo, createServer } from 'node:net';
import type { RunFolder } from '../results/store.ts';
import type { Terminal } from '../support/terminal.ts';

/** k6's web dashboard: live on a free port, its HTML export and its recording beside the result. */
export async function dashboardSettings(
  folder: RunFolder,
  terminal: Terminal,
): Promise<{ outputs: string[]; env: Record<string, string> }> {
  const port = await freePort();
  terminal.line(`Dashboard: http://127.0.0.1:${port}`);
  return {
    outputs: ['web-dashboard'],
    env: {
      K6_WEB_DASHBOARD_HOST: '127.0.0.1',
      K6_WEB_DASHBOARD_PORT: String(port),
      K6_WEB_DASHBOARD_OPEN: String(terminal.live),
      K6_WEB_DASHBOARD_EXPORT: folder.file('dashboard'),
      K6_WEB_DASHBOARD_RECORD: folder.file('dashboardRecording'),
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
