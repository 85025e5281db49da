import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import path from 'node:path';
import { eventually, ROOT, type Sandbox } from './sandbox.ts';
import { type LocalServer, listen } from './server.ts';

export interface Target {
  pid: number;
  url: string;
  controlUrl: string;
  stop(): Promise<void>;
}

/** Starts the reference service as a deployment, independently of any run. */
export async function startTarget(sandbox: Sandbox, env: Record<string, string> = {}): Promise<Target> {
  const started = sandbox.spawn(process.execPath, [path.join(ROOT, 'reference-service', 'main.ts')], {
    env,
    channel: true,
  });
  const ready = await eventually('target', () => {
    if (!started.isRunning) throw new Error(`the target exited: ${started.stdout}${started.stderr}`);
    return started.stdout.includes('\n') && JSON.parse(started.stdout);
  });
  if (!ready.ready) throw new Error(ready.error);
  return {
    pid: started.pid,
    url: ready.url,
    controlUrl: ready.controlUrl,
    async stop() {
      started.kill('SIGTERM');
      await started.exit;
    },
  };
}

/**
 * Starts a proxy on loopback that hides the metrics, job traces and server timing of the target.
 * @param dropsMessages whether the proxy accepts messages but does not forward them to the target
 */
export const startOpaqueProxy = (target: Target, { dropsMessages = false } = {}): Promise<LocalServer> =>
  listen((incoming, outgoing) => {
    if (dropsMessages && incoming.url === '/webhook/whatsapp') {
      incoming.resume();
      outgoing.writeHead(202, { 'content-type': 'application/json' }).end('{"jobId":"lost"}');
      return;
    }
    if (/^\/(metrics$|webhook\/jobs\/)/.test(incoming.url ?? '')) {
      outgoing.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not_found"}');
      return;
    }
    forward(target.url, incoming, outgoing);
  });

function forward(base: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, headers } = incoming;
  const passed = request(base + incoming.url, { method, headers }, (response) => {
    const { 'server-timing': _, ...rest } = response.headers;
    outgoing.writeHead(response.statusCode ?? 502, rest);
    response.pipe(outgoing);
  });
  passed.on('error', () => outgoing.destroy());
  incoming.pipe(passed);
}
