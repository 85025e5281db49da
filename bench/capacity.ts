/**
 * Measures how much load k6 can generate on one core of this machine: requests per second, VUs, and memory. Run nothing
 * else on the machine during the measurement.
 *
 *     npm run bench:capacity                   about 3 minutes, on two cores or more
 *     npm run bench:capacity -- --think 1      uses the full think time of the peak test: thousands of VUs
 *
 * k6 runs on one core and sends the traffic of the peak test to a target on another core that responds immediately. The
 * load increases in steps, called rungs: each rung has more VUs than the previous rung. The last rung is the first one
 * that saturates k6. By default, the think time is a tenth of the peak test's think time, so that few VUs send many
 * requests. Memory per VU and per request is computed by comparing runs with different numbers of VUs or requests.
 */
import { availableParallelism, cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureK6 } from '../cli/k6/index.ts';
import { alignColumns } from '../cli/report/format.ts';
import { bundle, bundleScripts } from '../esbuild.config.mjs';
import { MAX_GENERATOR_CPU_SHARE } from '../lib/core/judging/index.ts';
import { climb } from './capacity/climb.ts';
import { measureMemory } from './capacity/memory.ts';
import {
  cpuMsPerRequest,
  isSaturated,
  maxOtherProcessesCpu,
  meanGeneratorCpu,
  type Rung,
  requestsPerCore,
} from './capacity/rung.ts';

const { values } = parseArgs({ options: { think: { type: 'string', default: '0.1' } } });
const thinkS = Number(values.think);
if (!(thinkS > 0)) throw new Error(`--think is ${values.think}, but it must be a number of seconds above 0.`);
if (process.platform !== 'linux' || availableParallelism() < 2)
  throw new Error('This benchmark requires Linux and two cores: one for k6, one for the target.');

/**
 * The number of VUs in each load step. Scaled by the think time, because a VU with a longer think time sends fewer
 * requests.
 */
const RUNGS = [100, 200, 300, 400, 500, 600, 800, 1000, 1300, 1700, 2200].map((vus) =>
  Math.round((vus * thinkS) / 0.1),
);

await bundle(['booking/smoke'], 1);
await bundleScripts(
  ['overhead', 'capacity'].map((name) => ({
    in: path.join(import.meta.dirname, name, 'with-suite.ts'),
    out: `bench/${name}`,
  })),
);
const bundledScript = (name: string) => path.join(import.meta.dirname, '..', 'dist', 'bench', `${name}.js`);
const { path: k6, version } = await ensureK6({ env: process.env, log: say });

say(`k6 ${version} on one core of ${availableParallelism()}: ${cpus()[0]?.model ?? 'unknown'}`);
print(row(['VUs', 'requests/s', "k6's core", "target's core", 'p95']));
const { rungs, bytesPerRequest } = await climb(
  k6,
  { script: bundledScript('capacity'), thinkS, rungs: RUNGS },
  ({ vus, requestsPerS, targetCpu, p95Ms, generatorCpu }) =>
    print(
      row([
        String(vus),
        rounded(requestsPerS),
        percent(meanGeneratorCpu({ generatorCpu })),
        percent(targetCpu),
        `${p95Ms.toFixed(1)} ms`,
      ]),
    ),
);
const memory = await measureMemory(k6, bundledScript('overhead'), say);

const last = rungs.at(-1) as Rung;
const perCore = requestsPerCore(rungs);
const FIGURES: [title: string, figure: string][] = [
  ['saturated', saturation(last)],
  ['CPU per request', `${cpuMsPerRequest(rungs).toFixed(3)} ms`],
  ['requests/s per core', rounded(perCore)],
  ['requests/s per VU', `${memory.requestsPerS.toFixed(2)} at the peak test's think time`],
  ['VUs per core', rounded(perCore / memory.requestsPerS)],
  ['memory', `${rounded(memory.fixedMB)} MB and ${memory.mbPerVU.toFixed(2)} MB per VU`],
  ['', `${memory.kBPerRequest.toFixed(2)} kB per request, kept until the end of the run`],
  ['network', `${(bytesPerRequest / 1024).toFixed(1)} kB per request, sent and received`],
];
print(`\n${alignColumns(FIGURES, 2).join('\n')}`);
const othersCpu = maxOtherProcessesCpu(rungs);
if (othersCpu !== null)
  print(
    `\nOther processes used up to ${percent(othersCpu)} of k6's core. Repeat the benchmark while nothing else runs.`,
  );
// Fail if the measurement does not show the capacity of the core: k6 was not saturated, the target was saturated, or
// other processes used the core of k6.
process.exitCode = isSaturated(last) && last.targetCpu < MAX_GENERATOR_CPU_SHARE && othersCpu === null ? 0 : 1;

function saturation({ vus, generatorCpu, requestsPerS, targetCpu }: Rung): string {
  if (targetCpu >= MAX_GENERATOR_CPU_SHARE) return `unknown: the target saturated its core first, at ${vus} VUs`;
  if (!isSaturated({ generatorCpu })) return `no: k6 did not saturate its core with up to ${vus} VUs`;
  const saturatedSamples = generatorCpu.filter((share) => share > MAX_GENERATOR_CPU_SHARE).length;
  return `at ${vus} VUs and ${rounded(requestsPerS)} requests/s: k6 used more than ${percent(MAX_GENERATOR_CPU_SHARE)} of its core in ${saturatedSamples} of ${generatorCpu.length} samples`;
}

function row(cells: string[]): string {
  return cells.map((cell, i) => cell.padStart(i === 0 ? 6 : 14)).join('');
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function rounded(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
