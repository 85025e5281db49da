import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export type Ready = {
  ready: true;
  url: string;
  controlUrl: string;
  pid: number;
  pm2?: { name: string; home: string };
  metricsUrl?: string;
};
type StartResult = Ready | { ready: false; error: string };

const MAIN = join(import.meta.dirname, '..', 'main.ts');
export const ADMIN = { authorization: 'Bearer local-admin-token' };

/** Folders that every user can reach, and that are removed when the test file ends. */
export function tempFolder(): string {
  const { TESTS_DIR = '/var/tmp' } = process.env;
  const folder = mkdtempSync(join(TESTS_DIR, 'load-suite-test-'));
  chmodSync(folder, 0o755);
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * Where a target keeps its data. They are those of one that has run before, where `npm test` has left them: to make a
 * database takes longer than most of what is tested with it.
 */
export function dataFolder(folder = tempFolder()): string {
  const { WARM_DATA_DIR } = process.env;
  if (WARM_DATA_DIR) execFileSync('cp', ['-a', `${WARM_DATA_DIR}/.`, folder]);
  return folder;
}

/** Quick providers that never fail, unless a test says otherwise. */
const QUIET = { PROVIDER_LATENCY_SCALE: '0.05', PROVIDER_FAILURE_SCALE: '0', DB_QUERY_HOLD_MS: '20' };

/** A target started as the runner does it. */
export class TestTarget {
  log = '';
  /** Everything that it printed on standard output. */
  output = '';
  databaseUrl = '';
  readonly process: ChildProcess;
  readonly #answer: Promise<StartResult>;
  #ready: Ready | undefined;

  constructor(env: Record<string, string>, main = MAIN) {
    const { PATH, NODE_COMPILE_CACHE } = process.env;
    this.process = spawn(process.execPath, [main], {
      env: { PATH, NODE_COMPILE_CACHE, ...QUIET, ...env },
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
    this.#answer = new Promise((done, fail) => {
      this.process.stdout?.on('data', (chunk) => {
        this.output += chunk;
        if (this.output.includes('\n')) done(JSON.parse(this.output));
      });
      this.process.once('close', () => fail(new Error(`no answer; the log says: ${this.log}`)));
    });
  }

  startResult(): Promise<StartResult> {
    return this.#answer;
  }

  /** Why it did not start. */
  async startError(): Promise<string> {
    const answer = await this.#answer;
    if (answer.ready) throw new Error('the target has started');
    return answer.error;
  }

  async ready(): Promise<this> {
    const answer = await this.#answer;
    if (!answer.ready) throw new Error(answer.error);
    this.#ready = answer;
    return this;
  }

  get endpoints(): Ready {
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

  get(path: string, headers: Record<string, string> = ADMIN): Promise<TestResponse> {
    return fetchJson(`${this.endpoints.url}${path}`, { headers });
  }

  post(path: string, body: unknown, headers: Record<string, string> = ADMIN): Promise<TestResponse> {
    return this.#send('POST', path, body, headers);
  }

  put(path: string, body: unknown): Promise<TestResponse> {
    return this.#send('PUT', path, body, ADMIN);
  }

  #send(method: string, path: string, body: unknown, headers: Record<string, string>): Promise<TestResponse> {
    return fetchJson(`${this.endpoints.url}${path}`, {
      method,
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  /** Removes what a load test run has created. @returns how many records of each kind */
  async removeLoadRun(run: string): Promise<Record<string, number>> {
    const url = `${this.endpoints.url}/admin/load-runs/${run}`;
    return (await fetchJson(url, { method: 'DELETE', headers: ADMIN })).body.removed;
  }

  webhook(body: string, headers = signatureHeaders(body)): Promise<TestResponse> {
    return fetchJson(`${this.endpoints.url}/webhook/whatsapp`, { method: 'POST', headers, body });
  }

  fault(method: 'GET' | 'PUT' | 'DELETE', name = '', value?: unknown): Promise<TestResponse> {
    const body = value === undefined ? undefined : JSON.stringify({ value });
    return fetchJson(`${this.endpoints.controlUrl}/faults${name && `/${name}`}`, { method, body });
  }

  /** The job's trace once it has ended. */
  async waitForJob(jobId: string): Promise<TestResponse> {
    return eventually(async () => {
      const reply = await this.get(`/webhook/jobs/${jobId}`);
      return ['done', 'failed'].includes(reply.body.state) ? reply : undefined;
    });
  }

  /** The value of one time series such as `queue_jobs{state="queued"}`; 0 where there is none. */
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

// biome-ignore lint/suspicious/noExplicitAny: the tests are what checks the shape
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
              messages: [
                { id, from, timestamp: '1735725600', type: 'text', text: { body: 'A massage, please' } },
              ],
            },
          },
        ],
      },
    ],
  });

/** What `probe` returns once that is neither undefined nor false; an error after `patienceMs`, which a busy machine may take. */
export async function eventually<T>(
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  patienceMs = 30_000,
): Promise<T> {
  const end = Date.now() + patienceMs;
  while (Date.now() < end) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    await delay(25);
  }
  throw new Error(`nothing within ${patienceMs} ms`);
}

/** Process ids of everything that a process has started, directly or not. */
export function descendantPids(pid: number): number[] {
  const children = processes().filter(({ parent }) => parent === pid);
  return children.flatMap((child) => [child.pid, ...descendantPids(child.pid)]);
}

/** Those of the processes that still run; one that only waits to be collected does not. */
export const runningPids = (pids: readonly number[]): number[] => {
  const running = new Set(
    processes()
      .filter(({ state }) => state !== 'Z')
      .map(({ pid }) => pid),
  );
  return pids.filter((pid) => running.has(pid));
};

function processes(): { pid: number; parent: number; state: string }[] {
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

/** Process ids of everything that has the text among its arguments. */
export const pidsMentioning = (text: string): number[] =>
  processes()
    .map(({ pid }) => pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
      } catch {
        return false;
      }
    });
