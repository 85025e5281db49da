/**
 * Compares the CPU time, memory and start-up time of a k6 test written with load-suite with those of a hand-written k6
 * script for the same load.
 *
 *     npm run bench:overhead                 measures 7 pairs per load, about 12 minutes
 *     npm run bench:overhead -- --pairs 3
 *
 * In each pair of measurements, both scripts run at the same time on one core, so that other load on the machine
 * affects both scripts. Each script has its own target, which runs on another core. Prints the median ratio of the
 * pairs, and fails if a median is above its limit.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureK6 } from '../cli/k6/index.ts';
import { goSettings } from '../cli/run/go-settings.ts';
import { telemetrySettings, windowLengthMs } from '../cli/telemetry/k6-settings.ts';
import { receiveTelemetry } from '../cli/telemetry/receiver.ts';
import { bundle, bundleScripts } from '../esbuild.config.mjs';
import { median } from '../lib/core/numbers/index.ts';
import { type ConstantLoad, type GeneratorCost, measureSide, type Side } from './overhead/sides.ts';

const { values } = parseArgs({ options: { pairs: { type: 'string', default: '7' } } });
const pairs = Number(values.pairs);

const FULL_SPEED: ConstantLoad = { vus: 10, durationS: 20, thinkS: 0 };
const MANY_USERS: ConstantLoad = { vus: 500, durationS: 25, thinkS: 1 };

const root = path.join(import.meta.dirname, '..');
await bundle(['booking/smoke'], 1);
await bundleScripts([{ in: path.join(import.meta.dirname, 'overhead', 'with-suite.ts'), out: 'bench/overhead' }]);
const { path: k6 } = await ensureK6({ env: process.env, log: (line) => process.stderr.write(`${line}\n`) });
await using receiver = await receiveTelemetry(() => {});

const byHand: Side = { name: 'by hand', script: path.join(import.meta.dirname, 'overhead', 'by-hand.js') };
const layer: Side = { name: 'layer alone', script: path.join(root, 'dist', 'bench', 'overhead.js') };
const shipped: Side = {
  ...layer,
  name: 'as shipped',
  outputs: ['opentelemetry'],
  env: telemetrySettings(receiver.endpoint, windowLengthMs(1)),
};
const asShipped = ({ vus }: ConstantLoad): Side => ({ ...shipped, env: { ...shipped.env, ...goSettings({}, vus) } });

const COMPARISONS: [
  title: string,
  side: Side,
  load: ConstantLoad,
  figure: keyof GeneratorCost,
  unit: string,
  limit: number,
][] = [
  ['layer alone: CPU per request', layer, FULL_SPEED, 'cpuMsPerRequest', 'ms', 1.05],
  ['as shipped: CPU per request', asShipped(FULL_SPEED), FULL_SPEED, 'cpuMsPerRequest', 'ms', 1],
  ['as shipped, 500 VUs: start-up', asShipped(MANY_USERS), MANY_USERS, 'startupMs', 'ms', 1.5],
  ['as shipped, 500 VUs: peak memory', asShipped(MANY_USERS), MANY_USERS, 'peakMemoryMB', 'MB', 1.5],
];

type CostPair = { suite: GeneratorCost; handWritten: GeneratorCost };
const measured = new Map<string, CostPair[]>();

/**
 * Measures a script and the hand-written script in pairs under the same load. Returns earlier measurements if the
 * script and the load were already measured.
 */
async function pairsOf(side: Side, load: ConstantLoad): Promise<CostPair[]> {
  const key = JSON.stringify([side.name, load]);
  const known = measured.get(key);
  if (known) return known;
  const runs: CostPair[] = [];
  for (let i = 0; i < pairs; i++) {
    process.stderr.write(`${side.name}, ${load.vus} VUs: pair ${i + 1} of ${pairs}\n`);
    const [suite, handWritten] = await Promise.all([measureSide(k6, side, load), measureSide(k6, byHand, load)]);
    runs.push({ suite, handWritten });
  }
  measured.set(key, runs);
  return runs;
}

const format = (value: number) => (value >= 100 ? value.toFixed(0) : value.toFixed(3));
let exceeded = 0;
for (const [title, side, load, figure, unit, limit] of COMPARISONS) {
  const runs = await pairsOf(side, load);
  const ratios = runs.map(({ suite, handWritten }) => suite[figure] / handWritten[figure]).sort((a, b) => a - b);
  const ratio = median(ratios);
  const medianOf = (pick: (pair: CostPair) => GeneratorCost) => format(median(runs.map((pair) => pick(pair)[figure])));
  if (ratio > limit) exceeded += 1;
  process.stdout.write(
    `${title.padEnd(34)} ${ratio.toFixed(3)} × (at most ${limit.toFixed(2)}; ${ratios[0]?.toFixed(3)} to ${ratios.at(-1)?.toFixed(3)})  ` +
      `${medianOf(({ suite }) => suite)} against ${medianOf(({ handWritten }) => handWritten)} ${unit}  ${ratio > limit ? 'ABOVE' : 'ok'}\n`,
  );
}
process.exitCode = exceeded === 0 ? 0 : 1;
