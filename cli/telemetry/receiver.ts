import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { METRICS } from '../../lib/core/metrics.ts';
import type { Window } from '../../lib/core/windows.ts';
import { decodeExport } from './otlp.ts';

export interface Receiver extends AsyncDisposable {
  /** `127.0.0.1:port` */
  endpoint: string;
}

/** k6's exports are some 14 KB; what is larger than this is no export of ours. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;
const WANTED: ReadonlySet<string> = new Set(Object.values(METRICS));

/** Listens on loopback for k6's telemetry and hands on every window as it closes. */
export async function receiveTelemetry(onWindow: (window: Window) => void): Promise<Receiver> {
  const server = createServer((request, response) => {
    receive(request, response, onWindow).catch(() => {
      if (!response.headersSent) response.writeHead(400);
      response.end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  onWindow: (window: Window) => void,
): Promise<void> {
  if (request.method !== 'POST' || request.url !== '/v1/metrics') {
    response.writeHead(404).end();
    return;
  }
  const window = decodeExport(await bodyOf(request), WANTED);
  if (window) onWindow(window);
  response.writeHead(200, { 'Content-Type': 'application/x-protobuf' }).end();
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new RangeError('too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
