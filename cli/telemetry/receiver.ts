import { hash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { METRICS } from '../../lib/core/metrics/index.ts';
import { Problem } from '../support/problem.ts';
import { decodeExports, type GeneratorExport } from './otlp.ts';

export interface Receiver extends AsyncDisposable {
  /** The address of the receiver, such as `127.0.0.1:4318`. */
  endpoint: string;
}

/**
 * The maximum size of a request body. An export of k6 has about 14 KB, but a collector may combine the exports of many
 * generators.
 */
const MAX_BODY_BYTES = 32 * 1024 * 1024;
const WANTED_METRICS: ReadonlySet<string> = new Set(Object.values(METRICS));

/** The port and token for telemetry from other machines. */
export interface RemoteReceiver {
  port: number;
  token: string;
}

/**
 * Starts a server that receives k6's telemetry, and passes on every window of every generator.
 * @param onPost called with the unchanged content of each post
 * @param remote required if telemetry comes from other machines. Without it, the server only listens on loopback.
 * @throws Problem if the port is in use
 */
export async function receiveTelemetry(
  onExport: (received: GeneratorExport) => void,
  onPost: (post: Uint8Array) => void = () => {},
  remote?: RemoteReceiver,
): Promise<Receiver> {
  const server = createServer((request, response) => {
    if (remote && !hasToken(remote.token, request.headers.authorization)) {
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
          ? new Problem(`Port ${remote?.port} is already in use, so the runner cannot receive telemetry on it.`)
          : error,
      ),
    );
    server.listen(remote?.port ?? 0, remote ? undefined : '127.0.0.1', resolve);
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
  onExport: (received: GeneratorExport) => void,
  onPost: (post: Uint8Array) => void,
): Promise<void> {
  if (request.method !== 'POST' || request.url !== '/v1/metrics') {
    response.writeHead(404).end();
    return;
  }
  const post = await bodyOf(request);
  onPost(post);
  for (const received of decodeExports(post, WANTED_METRICS)) onExport(received);
  response.writeHead(200, { 'Content-Type': 'application/x-protobuf' }).end();
}

/** Reads the body of a request. The body may be compressed, because collectors compress by default. */
async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const compressed = request.headers['content-encoding'] === 'gzip';
  // Ignore the error here, because reading the stream throws the same error.
  const body = compressed ? pipeline(request, createGunzip(), () => {}) : request;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new RangeError('the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
