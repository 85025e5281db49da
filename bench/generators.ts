/**
 * Measures how much CPU and memory the runner needs to receive telemetry from many k6 generators. Each generator
 * exports 1,000 series every 5 s. The real receiver merges the exports into one timeline, and the runner writes the
 * files of the run.
 *
 *     npm run bench:generators                       simulates 50 generators for 5 minutes; takes about 2 minutes
 *     npm run bench:generators -- --generators 10 --minutes 1
 *
 * Posts the exports one after another, as fast as the receiver accepts them. The CPU usage is the CPU time for one
 * window of all generators, as a share of the window length of 5 s.
 */
import { parseArgs } from 'node:util';
import { generatorNames } from '../cli/run/generators.ts';
import { measureReceiving, printAndJudge } from './telemetry/runner-process.ts';
import { type EndpointTraffic, exportsOf, planOf, seriesPerExport, WINDOW_MS } from './telemetry/traffic.ts';

const { values } = parseArgs({
  options: {
    generators: { type: 'string', default: '50' },
    minutes: { type: 'string', default: '5' },
  },
});
const names = generatorNames(Number(values.generators));
const windows = Math.round((Number(values.minutes) * 60_000) / WINDOW_MS);

/** Enough endpoints for 1,000 series. Each endpoint has all metrics that k6 measures per request. */
const ENDPOINTS: EndpointTraffic[] = Array.from({ length: 99 }, (_, i) => [`GET /part-${i}/:id`, '200', 50]);
/** The generators start at different times within a third of a window. */
const senders = names.map((generator, i) => ({
  generator,
  laterMs: Math.round((i * WINDOW_MS) / 3 / names.length),
}));

const cost = await measureReceiving(exportsOf(planOf(windows, ENDPOINTS), { senders, endpoints: ENDPOINTS }), {
  windows,
  endpoints: ENDPOINTS,
  generators: names,
});

process.stdout.write(
  `${names.length} generators, ${windows} windows, ${seriesPerExport(ENDPOINTS)} series per export, ${cost.sent.requests} requests\n`,
);
printAndJudge(cost, windows, { memoryMB: 500, cpuPercent: 100 });
