/**
 * What telemetry costs the runner over a long run: exports as k6 makes them at 1,000 requests/s go through the real
 * receiver, one after the other as fast as it takes them, into files and a result.
 *
 *     npm run bench:telemetry                  8 hours, in about a minute
 *     npm run bench:telemetry -- --hours 1
 *
 * Memory and size are judged as they are. CPU is that of one window, as a share of the 5 s that a window lasts.
 */
import { parseArgs } from 'node:util';
import { costOf, judged, lost } from './telemetry/runner-process.ts';
import { exportsOf, planOf, WINDOW_MS } from './telemetry/traffic.ts';

const { values } = parseArgs({ options: { hours: { type: 'string', default: '8' } } });
const windows = Math.round((Number(values.hours) * 3_600_000) / WINDOW_MS);
const cost = await costOf(exportsOf(planOf(windows)), { windows });
const cpuMs = (cost.cpuS * 1000) / windows;

const MB = 1024 * 1024;
process.stdout.write(`${windows} windows, ${cost.sent.requests} requests\n`);
judged([
  { title: 'peak memory of the runner', value: cost.memoryMB, unit: 'MB', limit: 200 },
  { title: 'result.json', value: cost.resultBytes / MB, unit: 'MB', limit: 5 },
  { title: 'CPU at real time, of a core', value: (cpuMs / WINDOW_MS) * 100, unit: '%', limit: 5 },
  { title: 'CPU a window', value: cpuMs, unit: 'ms' },
  { title: 'windows.ndjson', value: cost.windowsBytes / MB, unit: 'MB' },
  { title: 'an export', value: cost.sent.bytes / windows / 1024, unit: 'kB' },
  ...lost(cost),
]);
