/**
 * Measures how much CPU and memory the runner needs to receive the telemetry of a long run with 1,000 requests/s. Posts
 * simulated k6 exports to the real receiver one after another, as fast as the receiver accepts them. The runner writes
 * the files of the run.
 *
 *     npm run bench:telemetry                  simulates a run of 8 hours; takes about a minute
 *     npm run bench:telemetry -- --hours 1
 *
 * Fails if the peak memory, the size of the result, or the CPU usage is above its limit. The CPU usage is the CPU time
 * for one window, as a share of the window length of 5 s.
 */
import { parseArgs } from 'node:util';
import { measureReceiving, printAndJudge } from './telemetry/runner-process.ts';
import { exportsOf, planOf, WINDOW_MS } from './telemetry/traffic.ts';

const { values } = parseArgs({ options: { hours: { type: 'string', default: '8' } } });
const windows = Math.round((Number(values.hours) * 3_600_000) / WINDOW_MS);
const cost = await measureReceiving(exportsOf(planOf(windows)), { windows });

process.stdout.write(`${windows} windows, ${cost.sent.requests} requests\n`);
printAndJudge(cost, windows, { memoryMB: 200, cpuPercent: 5, resultMB: 5 });
