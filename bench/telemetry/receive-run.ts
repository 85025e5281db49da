/**
 * Receives the telemetry windows of a run over HTTP, adds samples of all probes, and writes the files of the run, like
 * the runner.
 */
import { statSync } from 'node:fs';
import { GENERATOR_PROBE, type RunSample, type SampledProbe } from '../../cli/probes/sampling.ts';
import { assembleResult } from '../../cli/results/assemble.ts';
import { RunFolder, writeResult } from '../../cli/results/run-folder.ts';
import { RunMeasurements } from '../../cli/results/run-measurements.ts';
import { describeRun } from '../../cli/run/run-start.ts';
import { collectTelemetry } from '../../cli/telemetry/collect-telemetry.ts';
import { receiveTelemetry } from '../../cli/telemetry/receiver.ts';
import type { TestPlan } from '../../lib/core/definition/index.ts';
import {
  PM2_COLUMNS,
  POSTGRESQL_COLUMNS,
  PROCESS_COLUMNS,
  REDIS_COLUMNS,
  type Result,
  TARGET_COLUMNS,
} from '../../lib/core/evidence/index.ts';
import { seededRandom } from '../../lib/core/numbers/index.ts';
import type { Window } from '../../lib/core/telemetry/index.ts';
import { WINDOW_MS } from './traffic.ts';

export interface RunReceiver {
  endpoint: string;
  /** Ends the run and writes the result file. */
  finish(): Promise<ReceivedRun>;
}

export interface ReceivedRun {
  result: Result;
  folder: string;
  resultBytes: number;
  windowsBytes: number;
}

/** All columns that each probe samples. The PM2 probe samples four processes. */
const COLUMNS: Record<SampledProbe, string[]> = {
  target: Object.values(TARGET_COLUMNS),
  postgresql: Object.values(POSTGRESQL_COLUMNS),
  redis: Object.values(REDIS_COLUMNS),
  pm2: [
    ...Object.values(PM2_COLUMNS),
    ...[0, 1, 2, 3].flatMap((id) => [`api-${id}.cpuShare`, `api-${id}.residentBytes`]),
  ],
  process: Object.values(PROCESS_COLUMNS),
  [GENERATOR_PROBE]: Object.values(PROCESS_COLUMNS),
};

/** @param generators the names of the generators; empty for a single generator */
export async function receiveRun(
  plan: TestPlan,
  results: string,
  generators: readonly string[] = [],
): Promise<RunReceiver> {
  const target = { environment: 'local', url: 'http://127.0.0.1', startedForRun: true, env: {} } as const;
  const start = await describeRun(plan, target, {}, '2.2.0');
  const folder = RunFolder.create(results, start);
  const record = new RunMeasurements(plan);
  const names = generators.length > 0 ? generators : ['k6'];
  const telemetry = collectTelemetry(names, WINDOW_MS, (window) => {
    record.addWindow(window);
    folder.appendWindow(window);
    for (const sample of samplesIn(window)) {
      record.addSample(sample);
      folder.appendSample(sample);
    }
  });
  const receiver = await receiveTelemetry(telemetry.add);
  return {
    endpoint: receiver.endpoint,
    async finish() {
      await receiver[Symbol.asyncDispose]();
      telemetry.finish();
      const end = { outcome: 'completed', reason: null, summary: null } as const;
      const result = assembleResult({
        start,
        outcome: end.outcome,
        outcomeReason: end.reason,
        measurements: record,
        summary: end.summary,
        ...(generators.length > 0 && { generators: generators.map((name) => ({ name, ...end })) }),
        details: { postgresql: null, redis: null },
        notes: folder.writeFailures,
      });
      await writeResult(folder.path, result);
      folder.close();
      const bytes = (file: 'result' | 'windows') => statSync(folder.file(file)).size;
      return { result, folder: folder.path, resultBytes: bytes('result'), windowsBytes: bytes('windows') };
    },
  };
}

const random = seededRandom(2);

/**
 * Creates one sample per probe. The values are random numbers with many digits, so that the files are as large as
 * possible.
 */
function samplesIn({ endMs }: Window): RunSample[] {
  return Object.entries(COLUMNS).map(([probe, columns]) => ({
    probe: probe as SampledProbe,
    atMs: endMs - 1,
    values: Object.fromEntries(columns.map((column) => [column, random() * 1e6])),
  }));
}
