import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { listenOn } from '../network/listen.ts';
import { lognormal, uniform } from '../random.ts';

export type ProviderOptions = {
  seed: number;
  meanMs: number;
  /** Standard deviation of the logarithm of the latency, which is log-normally distributed. */
  sigma: number;
  /** Share of requests that get a 500. A fault can increase the share. */
  failureRate: number;
  /** Returns the JSON body of a successful response to the given request body. */
  respond(body: string): unknown;
};

/** Properties of a simulated provider that a fault can set. */
export type TunableProperty = 'addedMs' | 'failedShare' | 'refusedShare';

/** Simulates an external HTTP service. Latencies and failures come from a random sequence with a fixed seed. */
export class SimulatedProvider {
  /** Time in ms that the provider adds to every latency. */
  addedMs = 0;
  /** Share of requests that the provider refuses with a 429. */
  refusedShare = 0;
  /** Share of requests that get a 500. Has an effect only if the share is higher than the normal failure rate. */
  failedShare = 0;
  readonly #options: ProviderOptions;
  readonly #random: () => number;
  readonly #latencyMs: () => number;
  readonly #server: Server;

  constructor(options: ProviderOptions) {
    this.#options = options;
    this.#random = uniform(options.seed);
    // Use a separate random sequence for latencies, so that an additional failure does not change all later latencies.
    const latency = lognormal(uniform(options.seed + 1), options.meanMs, options.sigma);
    this.#latencyMs = () => Math.min(latency(), 5 * options.meanMs);
    this.#server = createServer((request, response) => void this.#serve(request, response));
    // Keep idle connections open longer than the clients do. Otherwise, clients could send requests on connections that
    // the server is closing.
    this.#server.keepAliveTimeout = 60_000;
  }

  /** Starts the provider on 127.0.0.1. Port 0 picks a free port. @returns the port */
  listen(port: number): Promise<number> {
    return listenOn(this.#server, port);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const latencyMs = this.#latencyMs() + this.addedMs;
    const failureDraw = this.#random();
    const refused = this.#random() < this.refusedShare;
    const chunks: Buffer[] = [];
    request.on('error', () => undefined);
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      // Respond with a 429 immediately, because a real provider refuses requests without processing them.
      setTimeout(
        () => {
          if (refused) reply(response, 429, { error: 'rate limited' });
          else if (failureDraw < Math.max(this.failedShare, this.#options.failureRate))
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
