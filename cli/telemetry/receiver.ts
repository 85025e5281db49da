import { hash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { METRICS } from '../../lib/core/metrics/index.ts';
import { Problem } from '../support/problem.ts';
import { decodeExports, type GeneratorExport } from './otlp.ts';

export interface Receiver extends AsyncDisposable {
  /** `127.0.0.1:port` */
  endpoint: string;
}

/** k6's exports are some 14 KB, and a collector may put those of many generators together. What is larger is none of ours. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;
const WANTED_METRICS: ReadonlySet<string> = new Set(Object.values(METRICS));

/** Where others than this machine send telemetry to, and what they show to be let in. */
export interface RemoteReceiver {
  port: number;
  token: string;
}

/**
 * Listens for k6's telemetry and hands on every window of every generator as it closes.
 * @param onPost told of what came as it came, whatever it is
 * @param inlet if not loopback
 */
export async function receiveTelemetry(
  onExport: (one: GeneratorExport) => void,
  onPost: (post: Uint8Array) => void = () => {},
  inlet?: RemoteReceiver,
): Promise<Receiver> {
  const server = createServer((request, response) => {
    if (inlet && !hasToken(inlet.token, request.headers.authorization)) {
      response.writeHead(401).end();
      return;
    }
    receive(request, response, onExport, onPost).catch(() => {
      if (!response.headersSent) response.writeHead(400);
      response.end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Problem(`Somebody else listens on port ${inlet?.port}, where telemetry was to come in.`)
          : error,
      ),
    );
    server.listen(inlet?.port ?? 0, inlet ? undefined : '127.0.0.1', resolve);
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

function hasToken(token: string, authorization = ''): boolean {
  const [given, wanted] = [authorization, `Bearer ${token}`].map((text) => hash('sha256', text, 'buffer'));
  return timingSafeEqual(given as Buffer, wanted as Buffer);
}

async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  onExport: (one: GeneratorExport) => void,
  onPost: (post: Uint8Array) => void,
): Promise<void> {
  if (request.method !== 'POST' || request.url !== '/v1/metrics') {
    response.writeHead(404).end();
    return;
  }
  const post = await bodyOf(request);
  onPost(post);
  for (const one of decodeExports(post, WANTED_METRICS)) onExport(one);
  response.writeHead(200, { 'Content-Type': 'application/x-protobuf' }).end();
}

/** Collectors compress what they send on. */
async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const compressed = request.headers['content-encoding'] === 'gzip';
  // What breaks on the way is thrown where the stream is read.
  const body = compressed ? pipeline(request, createGunzip(), () => {}) : request;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new RangeError('too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
