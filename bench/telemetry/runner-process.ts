/** Measures what it costs the runner to receive telemetry. */
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
  /** Default: the endpoints of `normalTraffic()`. */
  endpoints?: readonly EndpointTraffic[];
  results: string;
  /** Names of the generators; omitted for a single generator. */
  generators?: readonly string[];
}

export interface ReceivingCost extends Omit<ReceivedRun, 'result'> {
  /** CPU time of the runner process while it received the exports. */
  cpuS: number;
  memoryMB: number;
  sent: { exports: number; requests: number; errors: number; bytes: number };
  /** Number of requests in the result. */
  requests: number;
  /** Number of errors in the result. */
  errors: number;
}

/** Starts a runner process, posts all exports in turn as fast as it accepts them, and lets it write the result. */
export async function measureReceiving(
  exports: Iterable<TelemetryExport>,
  options: Omit<RunnerOptions, 'results'>,
): Promise<ReceivingCost> {
  const results = mkdtempSync(path.join(tmpdir(), 'bench-telemetry-'));
  process.once('exit', () => rmSync(results, { recursive: true, force: true }));
  // Unlike spawn, fork passes on Node's own options, with which the launcher limits the memory of the runner.
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
  if (response.statusCode !== 200) throw new Error(`The receiver returned HTTP ${response.statusCode}.`);
}

interface JudgedFigure {
  title: string;
  value: number;
  unit: string;
  /** Upper limit; undefined if the figure is not judged. */
  limit?: number | undefined;
}

const MB = 1024 * 1024;

/** Prints the cost of receiving this many windows, and sets the exit code if a figure is above its limit. */
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
    // Requests and errors in the exports that are missing from the result.
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
