/**
 * Measures what telemetry costs the runner over a long run of 1,000 requests/s. Posts exports like those of k6 to the real
 * receiver, one after another and as fast as it accepts them. The runner writes files and a result.
 *
 *     npm run bench:telemetry                  8 hours; takes about a minute
 *     npm run bench:telemetry -- --hours 1
 *
 * Limits apply to the peak memory, to the size of the result, and to the CPU time per window as a share of the 5 s that a
 * window lasts.
 */
import { parseArgs } from 'node:util';
import { measureReceiving, printAndJudge } from './telemetry/runner-process.ts';
import { exportsOf, planOf, WINDOW_MS } from './telemetry/traffic.ts';

const { values } = parseArgs({ options: { hours: { type: 'string', default: '8' } } });
const windows = Math.round((Number(values.hours) * 3_600_000) / WINDOW_MS);
const cost = await measureReceiving(exportsOf(planOf(windows)), { windows });

process.stdout.write(`${windows} windows, ${cost.sent.requests} requests\n`);
printAndJudge(cost, windows, { memoryMB: 200, cpuPercent: 5, resultMB: 5 });
