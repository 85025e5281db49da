import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { TICKS_PER_S } from '../../cli/probes/process.ts';
import { goSettings } from '../../cli/run/go-settings.ts';
import { telemetrySettings, windowLengthMs } from '../../cli/telemetry/k6-settings.ts';
import { receiveTelemetry } from '../../cli/telemetry/receiver.ts';
import { METRICS } from '../../lib/core/metrics/index.ts';
import { quantile } from '../../lib/core/numbers/index.ts';
import { Tally } from '../../lib/core/telemetry/index.ts';
import { cpuSeconds, GENERATOR_CORE, type Generator, startGenerator } from '../overhead/sides.ts';
import { isSaturated, type Rung } from './rung.ts';

export interface ClimbResult {
  rungs: Rung[];
  /** Average number of bytes that k6 sent and received per request. */
  bytesPerRequest: number;
}

export interface ClimbOptions {
  script: string;
  thinkS: number;
  rungs: readonly number[];
}

const RAMP_S = 1;
const HOLD_S = 8;
const SAMPLE_MS = 1000;
/** Time to wait after each increase of VUs before measuring, because the increase still affects the measurements. */
const SETTLE_MS = 1000;

/**
 * Runs k6 on one core and increases the number of VUs step by step until k6 saturates the core.
 * @param onRung called with the measurements of each step when the step ends
 */
export async function climb(
  k6: string,
  { script, thinkS, rungs }: ClimbOptions,
  onRung: (rung: Rung) => void,
): Promise<ClimbResult> {
  const tally = new Tally();
  await using receiver = await receiveTelemetry(({ window }) => tally.add(window.series));
  await using generator = await startGenerator(k6, {
    name: 'capacity',
    script,
    outputs: ['opentelemetry'],
    env: {
      ...goSettings({}, Math.max(...rungs)),
      ...telemetrySettings(receiver.endpoint, windowLengthMs(0)),
      THINK_S: String(thinkS),
      RUNGS: rungs.join(),
      RAMP_S: String(RAMP_S),
      HOLD_S: String(HOLD_S),
    },
  });
  const startedAtMs = performance.now();
  const measuredRungs: Rung[] = [];
  for (const [i, vus] of rungs.entries()) {
    const holdStartMs = startedAtMs + (i * (RAMP_S + HOLD_S) + RAMP_S) * 1000;
    const samples = await measureBetween(generator, holdStartMs + SETTLE_MS, holdStartMs + HOLD_S * 1000);
    const durations = tally.durations(METRICS.responseTime, { phase: `users-${vus}` });
    const rung = { vus, p95Ms: quantile(durations, 0.95), ...samples };
    measuredRungs.push(rung);
    onRung(rung);
    // Stop k6 once it saturates the core. The remaining steps are not needed.
    if (isSaturated(rung)) break;
  }
  const bytes = tally.sum(METRICS.dataReceived) + tally.sum(METRICS.dataSent);
  return { rungs: measuredRungs, bytesPerRequest: bytes / tally.sum(METRICS.requests) };
}

async function measureBetween(
  { child, sink }: Generator,
  fromMs: number,
  toMs: number,
): Promise<Omit<Rung, 'vus' | 'p95Ms'>> {
  const takeSample = async () => ({
    generator: cpuSeconds(child),
    core: busySeconds(GENERATOR_CORE),
    target: cpuSeconds(sink),
    requests: await sink.requests(),
    atS: performance.now() / 1000,
  });
  await sleep(Math.max(0, fromMs - performance.now()));
  const samples = [await takeSample()];
  while (performance.now() + SAMPLE_MS < toMs) {
    await sleep(SAMPLE_MS);
    samples.push(await takeSample());
  }
  type Sample = Awaited<ReturnType<typeof takeSample>>;
  const [first, last] = [samples[0], samples.at(-1)] as [Sample, Sample];
  const ratePerS = (key: Exclude<keyof Sample, 'atS'>, a: Sample, b: Sample) => (b[key] - a[key]) / (b.atS - a.atS);
  return {
    requestsPerS: ratePerS('requests', first, last),
    otherProcessesCpu: Math.max(0, ratePerS('core', first, last) - ratePerS('generator', first, last)),
    targetCpu: ratePerS('target', first, last),
    generatorCpu: samples.slice(1).map((sample, i) => ratePerS('generator', samples[i] as Sample, sample)),
  };
}

/**
 * Returns the CPU time in seconds that processes have used on a core. Excludes interrupts, because most of them handle
 * network traffic of k6.
 */
function busySeconds(core: string): number {
  const line = readFileSync('/proc/stat', 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`cpu${core} `));
  const [user = 0, nice = 0, system = 0] = (line ?? '').split(' ').slice(1).map(Number);
  return (user + nice + system) / TICKS_PER_S;
}
