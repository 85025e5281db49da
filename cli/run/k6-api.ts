import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A k6 that was started with `--paused`, as its REST API tells of it: its VUs are there, and wait. */
const PAUSED_BEFORE_RUN = 4;
const ASK_EVERY_MS = 50;

interface Status {
  data: { attributes: { status: number; paused: boolean } };
}

const statusOf = (address: string) => `http://${address}/v1/status`;

/** An address of this machine where nobody listens. */
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

/** Settles when k6 has made its VUs and waits for the signal to begin. @throws once the signal aborts */
export async function waiting(address: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const status = await fetch(statusOf(address), { signal })
      .then((response) => response.json() as Promise<Status>)
      .catch(() => null);
    if (status?.data.attributes.paused && status.data.attributes.status === PAUSED_BEFORE_RUN) return;
    await sleep(ASK_EVERY_MS, undefined, { signal });
  }
}

/** Lets a k6 begin that waits. */
export async function begin(address: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(statusOf(address), {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ data: { type: 'status', id: 'default', attributes: { paused: false } } }),
    signal,
  });
  if (!response.ok) throw new Error(`k6 answered ${response.status}`);
}
