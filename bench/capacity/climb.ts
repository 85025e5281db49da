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
import { isSaturated, type Rung } from './figures.ts';

export interface Climbed {
  rungs: Rung[];
  /** Received and sent, over all of them. */
  bytesPerRequest: number;
}

export interface Climb {
  script: string;
  thinkS: number;
  rungs: readonly number[];
}

const RAMP_S = 1;
const HOLD_S = 8;
const SAMPLE_MS = 1000;
/** What of a hold is left to the ramp before it. */
const SETTLING_MS = 1000;

/**
 * Runs k6 on one core with an increasing number of VUs, up to the first rung on which it is saturated.
 * @param onRung called with each rung when it ends
 */
export async function climb(
  k6: string,
  { script, thinkS, rungs }: Climb,
  onRung: (rung: Rung) => void,
): Promise<Climbed> {
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
  const beganAt = performance.now();
  const climbed: Rung[] = [];
  for (const [i, vus] of rungs.entries()) {
    const holdsAt = beganAt + (i * (RAMP_S + HOLD_S) + RAMP_S) * 1000;
    const samples = await samplesWithin(generator, holdsAt + SETTLING_MS, holdsAt + HOLD_S * 1000);
    const durations = tally.durations(METRICS.requestDuration, { phase: `users-${vus}` });
    const rung = { vus, p95Ms: quantile(durations, 0.95), ...samples };
    climbed.push(rung);
    onRung(rung);
    // The last rung was measured, so k6 need not finish.
    if (isSaturated(rung)) break;
  }
  const bytes = tally.sum(METRICS.dataReceived) + tally.sum(METRICS.dataSent);
  return { rungs: climbed, bytesPerRequest: bytes / tally.sum(METRICS.requests) };
}

async function samplesWithin(
  { child, sink }: Generator,
  fromMs: number,
  toMs: number,
): Promise<Omit<Rung, 'vus' | 'p95Ms'>> {
  const look = async () => ({
    generator: cpuSeconds(child),
    core: busySeconds(GENERATOR_CORE),
    target: cpuSeconds(sink),
    requests: await sink.requests(),
    atS: performance.now() / 1000,
  });
  await sleep(Math.max(0, fromMs - performance.now()));
  const looks = [await look()];
  while (performance.now() + SAMPLE_MS < toMs) {
    await sleep(SAMPLE_MS);
    looks.push(await look());
  }
  type Look = Awaited<ReturnType<typeof look>>;
  const [first, last] = [looks[0], looks.at(-1)] as [Look, Look];
  const perS = (key: Exclude<keyof Look, 'atS'>, a: Look, b: Look) => (b[key] - a[key]) / (b.atS - a.atS);
  return {
    requestsPerS: perS('requests', first, last),
    othersCpu: Math.max(0, perS('core', first, last) - perS('generator', first, last)),
    targetCpu: perS('target', first, last),
    generatorCpu: looks.slice(1).map((one, i) => perS('generator', looks[i] as Look, one)),
  };
}

/** Without what interrupts take: those of the load are the generator's own. */
function busySeconds(core: string): number {
  const line = readFileSync('/proc/stat', 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`cpu${core} `));
  const [user = 0, nice = 0, system = 0] = (line ?? '').split(' ').slice(1).map(Number);
  return (user + nice + system) / TICKS_PER_S;
}
