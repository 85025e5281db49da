import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import path from 'node:path';
import { type Listening, listen } from './server.ts';
import { eventually, ROOT, type Sandbox } from './suite.ts';

export interface Target {
  pid: number;
  url: string;
  controlUrl: string;
  stop(): Promise<void>;
}

/** Starts the reference service by itself, as somebody who deploys it would. */
export async function startTarget(sandbox: Sandbox, env: Record<string, string> = {}): Promise<Target> {
  const started = sandbox.spawn(process.execPath, [path.join(ROOT, 'reference-service', 'main.ts')], {
    env,
    channel: true,
  });
  const ready = await eventually('target', () => {
    if (!started.isRunning) throw new Error(`the target ended: ${started.stdout}${started.stderr}`);
    return started.stdout.includes('\n') && JSON.parse(started.stdout);
  });
  if (!ready.ready) throw new Error(ready.error);
  return {
    pid: started.pid,
    url: ready.url,
    controlUrl: ready.controlUrl,
    async stop() {
      started.kill('SIGTERM');
      await started.ended;
    },
  };
}

/**
 * The same target as one sees it that tells nothing of itself: no metrics, no traces of jobs, no timing of its
 * own. Loopback only.
 * @param losesMessages it says that it has taken them, and nothing comes of them
 */
export const startReticentProxy = (target: Target, { losesMessages = false } = {}): Promise<Listening> =>
  listen((incoming, outgoing) => {
    if (losesMessages && incoming.url === '/webhook/whatsapp') {
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
  const passed = request(base + incoming.url, { method, headers }, (answer) => {
    const { 'server-timing': _, ...rest } = answer.headers;
    outgoing.writeHead(answer.statusCode ?? 502, rest);
    answer.pipe(outgoing);
  });
  passed.on('error', () => outgoing.destroy());
  incoming.pipe(passed);
}
