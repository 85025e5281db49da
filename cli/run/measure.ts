import type { TestPlan } from '../../lib/core/definition/index.ts';
import type { Evidence, Result } from '../../lib/core/evidence/index.ts';
import { GENERATOR_PROBE, type Sampler, sampleRegularly } from '../probes/sampling.ts';
import { type SettledRecords, settleRecords } from '../records/settle-records.ts';
import { assembleResult } from '../results/assemble.ts';
import { type RunStart, readSummary, writeResult } from '../results/run-folder.ts';
import { Problem } from '../support/problem.ts';
import type { Terminal } from '../support/terminal.ts';
import type { TelemetryCollection } from '../telemetry/collect-telemetry.ts';
import type { RemoteReceiver } from '../telemetry/receiver.ts';
import { readTargetConfiguration } from './configuration.ts';
import { coolDown } from './cool-down.ts';
import type { Generators } from './generators.ts';
import type { Interruption } from './interruption.ts';
import type { K6Exit } from './k6-process.ts';
import type { Target } from './preflight.ts';
import { Recording } from './recording.ts';
import { redactor } from './redact.ts';
import type { Settings } from './run-settings.ts';
import { startWatching, type Watch } from './watch.ts';

/** The generators of a run, and how to start the load. */
export interface LoadSource {
  names: readonly string[];
  /** Notes to add to the result. */
  notes?: readonly string[];
  /**
   * The port and token of the telemetry receiver if generators run on other machines; absent if all run on this
   * machine.
   */
  receiver?: RemoteReceiver;
  start(recording: Recording, watch: Watch): Promise<Generators>;
}

export interface Measurement {
  settings: Settings;
  plan: TestPlan;
  target: Target;
  start: RunStart;
  source: LoadSource;
  results: string;
  /** Whether to keep the records that the run creates in the target. */
  keepData: boolean;
  interruption: Interruption;
  terminal: Terminal;
}

export interface RunReport {
  result: Result;
  folder: string;
  /** Why the result could not be written; null if the result was written. */
  writeProblem: Problem | null;
}

/**
 * Generates the load on a target that is ready, samples generators and target, judges the run, and writes the result.
 */
export async function measure(measurement: Measurement): Promise<RunReport> {
  const { settings, plan, target, source, interruption, terminal } = measurement;
  await using cleanup = new AsyncDisposableStack();
  const recording = cleanup.use(recordingOf(measurement));
  const { note, measurements, folder } = recording;

  const { names, receiver } = source;
  const watch = await startWatching({ plan, settings, names, receiver, terminal }, recording, cleanup);
  const { progress, probes, stores, telemetry } = watch;
  const configuration = await readTargetConfiguration(plan.target, target, note);
  const generators = cleanup.use(await source.start(recording, watch));
  cleanup.use(sampleGenerators(generators, recording, watch));

  const end = await waitForLoadEnd(generators, interruption, progress);
  telemetry.finish();
  // Send the remaining posts to the metric stores in the background, so that the verdict does not wait for the stores.
  const storeLosses = stores.finish(interruption.kill);
  // Sample the target again after the last request, so that the result contains the final counters.
  await probes.sample();
  const details = { ...(await probes.details()), ...configuration };
  if (Object.values(details).some((part) => part !== null))
    await folder.writeDetails(details).catch((error: Error) => note(error.message));
  if (end.outcome === 'completed') await coolDown(plan, probes, measurements, interruption.stop);
  for (const text of [
    ...messagesOf(generators, end.reason),
    ...unknownGeneratorNotes(telemetry),
    ...folder.writeFailures,
  ])
    note(text);
  const records = await settleRecords({ ...measurement, id: recording.start.run.id, note }, interruption.kill);
  for (const loss of await storeLosses) note(loss);
  return writeRunResult(recording, generators, { ...end, ...records, details });
}

function recordingOf({ results, plan, start, source: { names, notes = [] }, target }: Measurement): Recording {
  const generators = names.length > 1 && { generators: [...names] };
  const recording = new Recording(results, { ...start, ...generators }, redactor(target.env, plan.variables));
  notes.forEach(recording.note);
  return recording;
}

function sampleGenerators(generators: Generators, { addSample, note }: Recording, { windowMs }: Watch): Sampler {
  const sampler = sampleRegularly(GENERATOR_PROBE, generators.sample, windowMs, {
    onSample: addSample,
    onSilent: (probe, reason) => note(`no samples of the ${probe} for some time: ${reason}`),
  });
  void sampler.sample();
  return sampler;
}

const MAX_NOTED_MESSAGES = 5;

/**
 * Returns the most frequent log messages of the generators as notes.
 * @param reason the reason why the run ended, which the result already contains, so the same message is left out
 */
function messagesOf(generators: Generators, reason: string | null): string[] {
  return generators
    .messages()
    .filter(({ message }) => message !== reason)
    .slice(0, MAX_NOTED_MESSAGES)
    .map(({ level, message, count }) => `k6 ${level}${count > 1 ? ` (${count} times)` : ''}: ${message}`);
}

/** Returns a note if telemetry of generators outside this run was ignored. */
function unknownGeneratorNotes(telemetry: TelemetryCollection): string[] {
  const names = telemetry.unknownGenerators();
  return names.length === 0 ? [] : [`telemetry of generators outside this run was ignored: ${names.join(', ')}`];
}

/** Waits for the load to end. If the user interrupts the run, stops or kills the generators. */
async function waitForLoadEnd(
  generators: Generators,
  { stop, kill }: Interruption,
  progress: { note(text: string): void },
): Promise<K6Exit> {
  const onStop = () => {
    progress.note(
      'Stopping: k6 finishes its iterations and writes its summary. Press Ctrl-C again to stop immediately.',
    );
    generators.stop();
  };
  const onKill = () => generators.kill();
  stop.addEventListener('abort', onStop, { once: true });
  kill.addEventListener('abort', onKill, { once: true });
  if (stop.aborted) onStop();
  try {
    return await generators.exit;
  } finally {
    stop.removeEventListener('abort', onStop);
    kill.removeEventListener('abort', onKill);
  }
}

interface EndedRun extends K6Exit, SettledRecords {
  details: Evidence['details'];
}

/** Assembles the result of a run whose load has ended, and writes it to the folder of the run. */
async function writeRunResult(
  { start, measurements, folder, notes }: Recording,
  generators: Generators,
  { outcome, reason, details, removal, ledgerCounts }: EndedRun,
): Promise<RunReport> {
  const several = start.generators !== undefined;
  const result = assembleResult({
    start,
    outcome,
    outcomeReason: reason,
    measurements,
    summary: several ? null : await readSummary(folder.path),
    ...(several && {
      generators: await Promise.all(
        (await generators.ends).map(async (end) => ({
          ...end,
          summary: await readSummary(folder.path, end.name),
        })),
      ),
    }),
    details,
    notes,
    removal,
    ledgerCounts,
  });
  const writeProblem = await writeResult(folder.path, result).then(
    () => null,
    (error: unknown) => {
      if (error instanceof Problem) return error;
      throw error;
    },
  );
  return { result, folder: folder.path, writeProblem };
}
