import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { listenOn } from '../network/listen.ts';
import { lognormal, uniform } from '../random.ts';

export type ProviderOptions = {
  seed: number;
  meanMs: number;
  /** Deviation of the logarithm of the latency. */
  sigma: number;
  /** Share of requests answered 500, unless a fault raises it. */
  failureRate: number;
  respond(body: string): unknown;
};

/** What a fault may set: ms added to every answer, or a share of the requests answered 500 or 429. */
export type TunableProperty = 'addedMs' | 'failedShare' | 'refusedShare';

/** An upstream HTTP service whose latencies and failures are drawn from a seeded sequence. */
export class SimulatedProvider {
  /** Added to every latency, in ms. */
  addedMs = 0;
  /** Share of requests answered 429. */
  refusedShare = 0;
  /** Share of requests answered 500, where that is more than usual. */
  failedShare = 0;
  readonly #options: ProviderOptions;
  readonly #next: () => number;
  readonly #latencyMs: () => number;
  readonly #server: Server;

  constructor(options: ProviderOptions) {
    this.#options = options;
    this.#next = uniform(options.seed);
    // Sequences of their own, so that one more failure does not shift all later latencies.
    const latency = lognormal(uniform(options.seed + 1), options.meanMs, options.sigma);
    this.#latencyMs = () => Math.min(latency(), 5 * options.meanMs);
    this.#server = createServer((request, response) => void this.#serve(request, response));
    // Longer than the clients keep theirs, or they would write into connections that close.
    this.#server.keepAliveTimeout = 60_000;
  }

  /** @returns the port on 127.0.0.1. */
  listen(port: number): Promise<number> {
    return listenOn(this.#server, port);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const latencyMs = this.#latencyMs() + this.addedMs;
    const luck = this.#next();
    const refused = this.#next() < this.refusedShare;
    const chunks: Buffer[] = [];
    request.on('error', () => undefined);
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      // A provider refuses at once what it does not want to handle.
      setTimeout(
        () => {
          if (refused) reply(response, 429, { error: 'rate limited' });
          else if (luck < Math.max(this.failedShare, this.#options.failureRate))
            reply(response, 500, { error: 'failed' });
          else reply(response, 200, this.#options.respond(Buffer.concat(chunks).toString()));
        },
        refused ? Math.min(20, latencyMs) : latencyMs,
      );
    });
  }
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
