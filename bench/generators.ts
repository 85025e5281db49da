/**
 * What many generators cost the runner: each exports 1,000 series every 5 s, through the real receiver, merged into one
 * timeline, into files and a result.
 *
 *     npm run bench:generators                       50 generators, 5 minutes, in about two
 *     npm run bench:generators -- --generators 10 --minutes 1
 *
 * They are posted one after the other as fast as the receiver takes them. CPU is that of one window of all generators,
 * as a share of the 5 s that it lasts.
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

/** As many endpoints as make 1,000 series, with all metrics of k6 for each. */
const ENDPOINTS: EndpointTraffic[] = Array.from({ length: 99 }, (_, i) => [`GET /part-${i}/:id`, '200', 50]);
/** All generators start within one window. */
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
