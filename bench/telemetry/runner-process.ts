/** Measures how much CPU and memory a runner process needs to receive telemetry. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cpuSeconds, peakMemory } from '../overhead/sides.ts';
import type { ReceivedRun } from './receive-run.ts';
import { type EndpointTraffic, type TelemetryExport, WINDOW_MS } from './traffic.ts';

export interface RunnerOptions {
  windows: number;
  /** Endpoints that k6 sends requests to. Default: the endpoints of `normalTraffic()`. */
  endpoints?: readonly EndpointTraffic[];
  results: string;
  /** Names of the generators. Omit this property for a single generator. */
  generators?: readonly string[];
}

export interface ReceivingCost extends Omit<ReceivedRun, 'result'> {
  /** CPU time in seconds that the runner process used to receive the exports. */
  cpuS: number;
  memoryMB: number;
  sent: { exports: number; requests: number; errors: number; bytes: number };
  /** Number of requests that the result file reports. */
  requests: number;
  /** Number of errors that the result file reports. */
  errors: number;
}

/**
 * Starts a runner process, posts all exports one after another as fast as the runner accepts them, and makes the runner
 * write the result.
 */
export async function measureReceiving(
  exports: Iterable<TelemetryExport>,
  options: Omit<RunnerOptions, 'results'>,
): Promise<ReceivingCost> {
  const results = mkdtempSync(path.join(tmpdir(), 'bench-telemetry-'));
  process.once('exit', () => rmSync(results, { recursive: true, force: true }));
  // Use fork, because it passes the command-line options of Node to the child process. The launcher limits the memory
  // of the runner with such an option.
  const runner = fork(path.join(import.meta.dirname, 'runner.ts'), [JSON.stringify({ ...options, results })]);
  const message = async <T>() => (await once(runner, 'message'))[0] as T;
  const { endpoint } = await message<{ endpoint: string }>();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });

  const before = cpuSeconds(runner);
  const sent = { exports: 0, requests: 0, errors: 0, bytes: 0 };
  for (const { body, requests, errors } of exports) {
    await post(endpoint, agent, body);
    sent.exports += 1;
    sent.requests += requests;
    sent.errors += errors;
    sent.bytes += body.length;
  }
  const cpuS = cpuSeconds(runner) - before;
  runner.send('finish');
  const received = await message<Omit<ReceivingCost, 'cpuS' | 'memoryMB' | 'sent'>>();
  const memoryMB = peakMemory(runner);
  runner.disconnect();
  return { ...received, cpuS, memoryMB, sent };
}

async function post(endpoint: string, agent: Agent, body: Uint8Array): Promise<void> {
  const postRequest = request(`http://${endpoint}/v1/metrics`, {
    agent,
    method: 'POST',
    headers: { 'Content-Type': 'application/x-protobuf', 'Content-Length': body.length },
  });
  postRequest.end(body);
  const [response] = await once(postRequest, 'response');
  response.resume();
  await once(response, 'end');
  if (response.statusCode !== 200)
    throw new Error(`The receiver rejected an export with HTTP status ${response.statusCode}.`);
}

interface JudgedFigure {
  title: string;
  value: number;
  unit: string;
  /** Maximum allowed value; undefined if the value has no limit. */
  limit?: number | undefined;
}

const MB = 1024 * 1024;

/**
 * Prints the CPU time, memory and file sizes of a run with this number of windows. Sets the exit code to 1 if a value
 * is above its limit.
 */
export function printAndJudge(
  { sent, ...cost }: ReceivingCost,
  windows: number,
  limits: { memoryMB: number; cpuPercent: number; resultMB?: number },
): void {
  const cpuMs = cost.cpuS * 1000;
  const figures: JudgedFigure[] = [
    { title: 'peak memory of the runner', value: cost.memoryMB, unit: 'MB', limit: limits.memoryMB },
    {
      title: 'CPU per window, of a core',
      value: (cpuMs / windows / WINDOW_MS) * 100,
      unit: '%',
      limit: limits.cpuPercent,
    },
    { title: 'CPU per export', value: cpuMs / sent.exports, unit: 'ms' },
    { title: 'result.json', value: cost.resultBytes / MB, unit: 'MB', limit: limits.resultMB },
    { title: 'windows.ndjson', value: cost.windowsBytes / MB, unit: 'MB' },
    { title: 'size of an export', value: sent.bytes / sent.exports / 1024, unit: 'kB' },
    // Number of requests and errors that the exports contain, but the result does not.
    { title: 'requests lost', value: Math.abs(sent.requests - cost.requests), unit: '', limit: 0 },
    { title: 'errors lost', value: Math.abs(sent.errors - cost.errors), unit: '', limit: 0 },
  ];
  for (const { title, value, unit, limit } of figures) {
    const verdict =
      limit === undefined ? '' : `(at most ${limit} ${unit})`.replace(' )', ')') + (value > limit ? '  ABOVE' : '  ok');
    process.stdout.write(`${title.padEnd(30)} ${value.toFixed(2).padStart(8)} ${unit.padEnd(3)} ${verdict}\n`);
  }
  process.exitCode = figures.some(({ value, limit = Infinity }) => value > limit) ? 1 : 0;
}
