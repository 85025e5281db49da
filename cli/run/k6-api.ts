import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** The status that k6's REST API reports when k6 was started with `--paused` and has initialized its VUs. */
const PAUSED_BEFORE_RUN = 4;
const POLL_INTERVAL_MS = 50;

interface Status {
  data: { attributes: { status: number; paused: boolean } };
}

const statusOf = (address: string) => `http://${address}/v1/status`;

/** Returns the address of a free port on this machine: `127.0.0.1:port`. */
export async function freeAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${port}`;
}

/** Resolves when k6 has initialized its VUs and is paused. @throws Error when the signal aborts */
export async function waitUntilPaused(address: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const status = await fetch(statusOf(address), { signal })
      .then((response) => response.json() as Promise<Status>)
      .catch(() => null);
    if (status?.data.attributes.paused && status.data.attributes.status === PAUSED_BEFORE_RUN) return;
    await sleep(POLL_INTERVAL_MS, undefined, { signal });
  }
}

/** Resumes a paused k6 process through its REST API. */
export async function resumeK6(address: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(statusOf(address), {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ data: { type: 'status', id: 'default', attributes: { paused: false } } }),
    signal,
  });
  if (!response.ok) throw new Error(`k6 returned HTTP ${response.status}`);
}
