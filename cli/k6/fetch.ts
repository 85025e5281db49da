import http from 'node:http';
import https from 'node:https';

export interface Timeouts {
  /** The time limit from the DNS lookup to the response headers. */
  connectMs: number;
  /** The time limit between two chunks of the response body. */
  idleMs: number;
}

export const TIMEOUTS: Timeouts = { connectMs: 5_000, idleMs: 20_000 };

export interface FetchOptions {
  /** The environment, in which HTTPS_PROXY, HTTP_PROXY and NO_PROXY set the proxy. */
  env: NodeJS.ProcessEnv;
  timeouts: Timeouts;
  signal?: AbortSignal | undefined;
}

const MAX_REDIRECTS = 5;

/**
 * Downloads `url` and yields the body in chunks, each with the total length of the body in bytes (null if the server
 * did not announce the length).
 * @throws Error whose message states the reason for the user
 */
export async function* fetchBody(
  url: string,
  options: FetchOptions,
): AsyncGenerator<{ chunk: Buffer; totalBytes: number | null }> {
  let current = new URL(url);
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const response = await get(current, options);
    const location = redirectOf(response, current);
    if (!location) return yield* readBody(response, current, options.timeouts.idleMs);
    response.destroy();
    current = location;
  }
  throw new Error(`${url} redirects more than ${MAX_REDIRECTS} times`);
}

function get(url: URL, { env, timeouts, signal }: FetchOptions): Promise<http.IncomingMessage> {
  const client = url.protocol === 'https:' ? https : http;
  const agent = new client.Agent({ proxyEnv: env });
  return new Promise((resolve, reject) => {
    const request = client.get(url, { agent, headers: { 'user-agent': 'load-suite' }, signal }, resolve);
    const timer = setTimeout(() => {
      request.destroy(new Error(`${url.host} did not respond within ${timeouts.connectMs / 1000} s`));
    }, timeouts.connectMs);
    request.once('response', () => clearTimeout(timer));
    request.on('error', (error) => {
      clearTimeout(timer);
      reject(new Error(describe(error, url)));
    });
  });
}

function redirectOf({ statusCode = 0, headers }: http.IncomingMessage, from: URL): URL | null {
  if (statusCode < 300 || statusCode > 399 || !headers.location) return null;
  const to = new URL(headers.location, from);
  if (from.protocol === 'https:' && to.protocol !== 'https:') throw new Error(`${from} redirects to plain HTTP`);
  return to;
}

async function* readBody(response: http.IncomingMessage, url: URL, idleMs: number) {
  if (response.statusCode !== 200) {
    response.destroy();
    throw new Error(`${url.host} returned HTTP ${response.statusCode} for ${url.pathname}`);
  }
  const announced = response.headers['content-length'];
  const totalBytes = announced === undefined ? null : Number(announced);
  const timer = setTimeout(
    () => response.destroy(new Error(`${url.host} sent nothing for ${idleMs / 1000} s`)),
    idleMs,
  );
  try {
    for await (const chunk of response) {
      timer.refresh();
      yield { chunk: chunk as Buffer, totalBytes };
    }
  } catch (error) {
    throw new Error(describe(error as Error, url));
  } finally {
    clearTimeout(timer);
    response.destroy();
  }
}

const NETWORK_PROBLEMS: Record<string, (host: string) => string> = {
  ENOTFOUND: (host) => `the name ${host} cannot be resolved`,
  EAI_AGAIN: (host) => `the name ${host} cannot be resolved`,
  ECONNREFUSED: (host) => `${host} refuses the connection`,
  ECONNRESET: (host) => `${host} closed the connection`,
  ENETUNREACH: (host) => `${host} cannot be reached`,
  EHOSTUNREACH: (host) => `${host} cannot be reached`,
};

function describe(error: NodeJS.ErrnoException, url: URL): string {
  return NETWORK_PROBLEMS[error.code ?? '']?.(url.host) ?? error.message;
}
