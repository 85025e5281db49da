import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export type StartedTarget = {
  ready: true;
  url: string;
  controlUrl: string;
  pid: number;
  pm2?: { name: string; home: string };
  metricsUrl?: string;
};
type StartResult = StartedTarget | { ready: false; error: string };

const MAIN_FILE = join(import.meta.dirname, '..', 'main.ts');
export const ADMIN_HEADERS = { authorization: 'Bearer local-admin-token' };

/** Creates a temporary folder that every user can enter. The folder is removed when the test file ends. */
export function tempFolder(): string {
  const { TESTS_DIR = '/var/tmp' } = process.env;
  const folder = mkdtempSync(join(TESTS_DIR, 'load-suite-test-'));
  chmodSync(folder, 0o755);
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * Creates the data folder of a target. If `npm test` has prepared a database, copies the database, because creating a
 * new database takes longer than most tests.
 */
export function dataFolder(folder = tempFolder()): string {
  const { WARM_DATA_DIR } = process.env;
  if (WARM_DATA_DIR) execFileSync('cp', ['-a', `${WARM_DATA_DIR}/.`, folder]);
  return folder;
}

/**
 * Default settings of targets in tests: providers are fast and never fail, and requests hold database connections only
 * briefly.
 */
const DEFAULT_VARIABLES = {
  PROVIDER_LATENCY_SCALE: '0.05',
  PROVIDER_FAILURE_SCALE: '0',
  DB_QUERY_HOLD_MS: '20',
};

/** A target that tests start in the same way as the runner does. */
export class TestTarget {
  /** All output of the target on stderr. */
  log = '';
  /** All output of the target on stdout. */
  output = '';
  databaseUrl = '';
  readonly process: ChildProcess;
  readonly #startResult: Promise<StartResult>;
  #ready: StartedTarget | undefined;

  constructor(env: Record<string, string>, main = MAIN_FILE) {
    const { PATH, NODE_COMPILE_CACHE } = process.env;
    this.process = spawn(process.execPath, [main], {
      env: { PATH, NODE_COMPILE_CACHE, ...DEFAULT_VARIABLES, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const kill = () => this.process.kill('SIGTERM');
    process.on('exit', kill);
    this.process.once('exit', () => process.off('exit', kill));
    this.process.stderr?.on('data', (chunk) => {
      this.log += chunk;
    });
    this.process.once('message', (message: { databaseUrl: string }) => {
      this.databaseUrl = message.databaseUrl;
    });
    this.#startResult = new Promise((done, fail) => {
      this.process.stdout?.on('data', (chunk) => {
        this.output += chunk;
        if (this.output.includes('\n')) done(JSON.parse(this.output));
      });
      this.process.once('close', () =>
        fail(new Error(`the target ended without a start message; its log: ${this.log}`)),
      );
    });
  }

  startResult(): Promise<StartResult> {
    return this.#startResult;
  }

  /** Returns the reason why the target did not start. Throws an error if the target has started. */
  async startError(): Promise<string> {
    const result = await this.#startResult;
    if (result.ready) throw new Error('the target has started');
    return result.error;
  }

  async ready(): Promise<this> {
    const result = await this.#startResult;
    if (!result.ready) throw new Error(result.error);
    this.#ready = result;
    return this;
  }

  get endpoints(): StartedTarget {
    if (!this.#ready) throw new Error('the target is not ready');
    return this.#ready;
  }

  async exitCode(): Promise<number | null> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return this.process.exitCode;
    return new Promise((done) => this.process.once('exit', (code) => done(code)));
  }

  async stop(): Promise<void> {
    this.process.kill('SIGTERM');
    await this.exitCode();
  }

  get(path: string, headers: Record<string, string> = ADMIN_HEADERS): Promise<TestResponse> {
    return fetchJson(`${this.endpoints.url}${path}`, { headers });
  }

  post(path: string, body: unknown, headers: Record<string, string> = ADMIN_HEADERS): Promise<TestResponse> {
    return this.#send('POST', path, body, headers);
  }

  put(path: string, body: unknown): Promise<TestResponse> {
    return this.#send('PUT', path, body, ADMIN_HEADERS);
  }

  #send(method: string, path: string, body: unknown, headers: Record<string, string>): Promise<TestResponse> {
    return fetchJson(`${this.endpoints.url}${path}`, {
      method,
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  /** Removes the records of a load test run. @returns the number of removed records of each kind */
  async removeLoadRun(run: string): Promise<Record<string, number>> {
    const url = `${this.endpoints.url}/admin/load-runs/${run}`;
    return (await fetchJson(url, { method: 'DELETE', headers: ADMIN_HEADERS })).body.removed;
  }

  webhook(body: string, headers = signatureHeaders(body)): Promise<TestResponse> {
    return fetchJson(`${this.endpoints.url}/webhook/whatsapp`, { method: 'POST', headers, body });
  }

  fault(method: 'GET' | 'PUT' | 'DELETE', name = '', value?: unknown): Promise<TestResponse> {
    const body = value === undefined ? undefined : JSON.stringify({ value });
    return fetchJson(`${this.endpoints.controlUrl}/faults${name && `/${name}`}`, { method, body });
  }

  /** Waits until a job has finished. @returns the response that contains the trace of the job */
  async waitForJob(jobId: string): Promise<TestResponse> {
    return eventually(async () => {
      const reply = await this.get(`/webhook/jobs/${jobId}`);
      return ['done', 'failed'].includes(reply.body.state) ? reply : undefined;
    });
  }

  /** Returns the current value of a metric such as `queue_jobs{state="queued"}`; 0 if the metric does not exist. */
  async metric(series: string): Promise<number> {
    return (await this.metrics()).get(series) ?? 0;
  }

  async metrics(): Promise<Map<string, number>> {
    const text = await (await fetch(`${this.endpoints.url}/metrics`)).text();
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(
      lines.map((line) => {
        const space = line.lastIndexOf(' ');
        return [line.slice(0, space), Number(line.slice(space + 1))];
      }),
    );
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the tests check the shape
export type TestResponse = { status: number; headers: Headers; body: any };

export async function fetchJson(url: string, init: RequestInit = {}): Promise<TestResponse> {
  const response = await fetch(url, init);
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
}

export const signatureHeaders = (body: string, secret = 'local-webhook-secret'): Record<string, string> => ({
  'content-type': 'application/json',
  'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
});

export const NEW_BOOKING = {
  customerPhone: '+447700900999',
  customerName: 'Ada',
  service: 'Haircut',
  startsAt: '2025-06-01T10:00:00Z',
};

export const whatsappMessage = (id: string, salonId = 7, from = '+447700900123'): string =>
  JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [
      {
        id: String(salonId),
        changes: [
          {
            field: 'messages',
            value: {
              messages: [{ id, from, timestamp: '1735725600', type: 'text', text: { body: 'A massage, please' } }],
            },
          },
        ],
      },
    ],
  });

/**
 * Calls `probe` repeatedly until the result is neither undefined nor false, and returns this result. Throws an error
 * after `timeoutMs`. The default timeout is long enough for a busy machine.
 */
export async function eventually<T>(
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  timeoutMs = 30_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  while (Date.now() < end) {
    const result = await probe();
    if (result !== undefined && result !== false) return result;
    await delay(25);
  }
  throw new Error(`the condition was not met within ${timeoutMs} ms`);
}

/** Returns the ids of all direct and indirect child processes of a process. */
export function descendantPids(pid: number): number[] {
  const children = listProcesses().filter(({ parent }) => parent === pid);
  return children.flatMap((child) => [child.pid, ...descendantPids(child.pid)]);
}

/** Filters process ids: returns only the ids of processes that are still running. Zombies do not count as running. */
export const runningPids = (pids: readonly number[]): number[] => {
  const running = new Set(
    listProcesses()
      .filter(({ state }) => state !== 'Z')
      .map(({ pid }) => pid),
  );
  return pids.filter((pid) => running.has(pid));
};

function listProcesses(): { pid: number; parent: number; state: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const [state = '', parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return [{ pid: Number(name), parent: Number(parent), state }];
      } catch {
        return [];
      }
    });
}

/** Returns the ids of all processes whose command line contains the text. */
export const pidsMentioning = (text: string): number[] =>
  listProcesses()
    .map(({ pid }) => pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
      } catch {
        return false;
      }
    });
