/**
 * What telemetry costs the runner over a long run: exports as k6 makes them at 1,000 requests/s go through the real
 * receiver, one after the other as fast as it takes them, into files and a result.
 *
 *     npm run bench:telemetry                  8 hours, in about a minute
 *     npm run bench:telemetry -- --hours 1
 *
 * Memory and size are judged as they are. CPU is that of one window, as a share of the 5 s that a window lasts.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { cpuSeconds, peakMemory } from './overhead/sides.ts';
import type { Received } from './telemetry/receiving.ts';
import { exportsOf, planOf, WINDOW_MS } from './telemetry/traffic.ts';

const { values } = parseArgs({ options: { hours: { type: 'string', default: '8' } } });
const windows = Math.round((Number(values.hours) * 3_600_000) / WINDOW_MS);

const results = mkdtempSync(path.join(tmpdir(), 'bench-telemetry-'));
process.once('exit', () => rmSync(results, { recursive: true, force: true }));
// Unlike spawn, fork passes on how Node itself was started: the launcher limits the memory of the runner.
const runner = fork(path.join(import.meta.dirname, 'telemetry', 'runner.ts'), [String(windows), results]);
const message = async <T>() => (await once(runner, 'message'))[0] as T;
const { endpoint } = await message<{ endpoint: string }>();
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

const before = cpuSeconds(runner);
const sent = { requests: 0, errors: 0, bytes: 0 };
for (const { body, requests, errors } of exportsOf(planOf(windows))) {
  await post(body);
  sent.requests += requests;
  sent.errors += errors;
  sent.bytes += body.length;
}
const cpuMs = ((cpuSeconds(runner) - before) * 1000) / windows;
runner.send('finish');
const received = await message<Omit<Received, 'result'> & { requests: number; errors: number }>();
const memoryMB = peakMemory(runner);
runner.disconnect();

/** One after the other, as k6 posts them. */
async function post(body: Uint8Array): Promise<void> {
  const posting = request(`http://${endpoint}/v1/metrics`, {
    agent,
    method: 'POST',
    headers: { 'Content-Type': 'application/x-protobuf', 'Content-Length': body.length },
  });
  posting.end(body);
  const [response] = await once(posting, 'response');
  response.resume();
  await once(response, 'end');
  if (response.statusCode !== 200) throw new Error(`the receiver answered ${response.statusCode}`);
}

const MB = 1024 * 1024;
interface Figure {
  title: string;
  value: number;
  unit: string;
  limit?: number;
}
const FIGURES: Figure[] = [
  { title: 'peak memory of the runner', value: memoryMB, unit: 'MB', limit: 200 },
  { title: 'result.json', value: received.resultBytes / MB, unit: 'MB', limit: 5 },
  { title: 'CPU at real time, of a core', value: (cpuMs / WINDOW_MS) * 100, unit: '%', limit: 5 },
  { title: 'CPU a window', value: cpuMs, unit: 'ms' },
  { title: 'windows.ndjson', value: received.windowsBytes / MB, unit: 'MB' },
  { title: 'an export', value: sent.bytes / windows / 1024, unit: 'kB' },
  { title: 'requests lost', value: Math.abs(sent.requests - received.requests), unit: '', limit: 0 },
  { title: 'errors lost', value: Math.abs(sent.errors - received.errors), unit: '', limit: 0 },
];

process.stdout.write(`${windows} windows, ${sent.requests} requests\n`);
for (const { title, value, unit, limit } of FIGURES) {
  const judged =
    limit === undefined
      ? ''
      : `(at most ${limit} ${unit})`.replace(' )', ')') + (value > limit ? '  ABOVE' : '  ok');
  process.stdout.write(`${title.padEnd(30)} ${value.toFixed(2).padStart(8)} ${unit.padEnd(3)} ${judged}\n`);
}
process.exitCode = FIGURES.some(({ value, limit = Infinity }) => value > limit) ? 1 : 0;
