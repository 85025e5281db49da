import { Agent, request } from 'node:http';
import { httpError } from './errors.ts';

const agent = new Agent({ keepAlive: true, maxSockets: 512 });

/**
 * Posts JSON to an external service and returns the JSON response.
 *
 * @throws 504 `upstream_timeout` if there is no response within the timeout (ms), 502 `upstream_failed` if the status
 *   is not 200; otherwise the network error
 */
export function postJson<T>(url: string, body: unknown, timeoutMs: number): Promise<T> {
  return new Promise((done, fail) => {
    const payload = JSON.stringify(body);
    const call = request(
      url,
      {
        method: 'POST',
        agent,
        signal: AbortSignal.timeout(timeoutMs),
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', fail);
        response.on('end', () => {
          if (response.statusCode === 200) done(JSON.parse(Buffer.concat(chunks).toString()));
          else fail(httpError(502, 'upstream_failed', `status ${response.statusCode}`));
        });
      },
    );
    call.on('error', (error) =>
      fail(
        error.name === 'AbortError' || error.name === 'TimeoutError'
          ? httpError(504, 'upstream_timeout', `no response within ${timeoutMs} ms`)
          : error,
      ),
    );
    call.end(payload);
  });
}
