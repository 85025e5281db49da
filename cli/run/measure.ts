import type { TestPlan } from '../../lib/core/definition/index.ts';
import type { Evidence, Result } from '../../lib/core/evidence/index.ts';
import { GENERATOR_PROBE, type Sampler, sampleRegularly } from '../probes/sampling.ts';
import { type SettledRecords, settleRecords } from '../records/after-run.ts';
import { assembleResult } from '../results/assemble.ts';
import { type RunStart, readSummary, writeResult } from '../results/run-folder.ts';
import { Problem } from '../support/problem.ts';
import type { Terminal } from '../support/terminal.ts';
import type { Gathering } from '../telemetry/gather.ts';
import type { Inlet } from '../telemetry/receiver.ts';
import { askConfiguration } from './configuration.ts';
import { coolDown } from './cool-down.ts';
import type { Generators } from './generators.ts';
import type { Interruption } from './interruption.ts';
import type { K6Exit } from './k6-process.ts';
import type { Target } from './preflight.ts';
import { Recording } from './recording.ts';
import { redactor } from './redact.ts';
import type { Settings } from './settings.ts';
import { startWatching, type Watch } from './watch.ts';

/** What puts load on, and how. */
export interface LoadSource {
  names: readonly string[];
  /** For the reader of the result. */
  notes?: readonly string[];
  /** Where its telemetry comes in, if not on loopback. */
  inlet?: Inlet;
  start(recording: Recording, watch: Watch): Promise<Generators>;
}

export interface Measurement {
  settings: Settings;
  plan: TestPlan;
  target: Target;
  start: RunStart;
  source: LoadSource;
  results: string;
  /** What the run creates stays in the target. */
  keepData: boolean;
  interruption: Interruption;
  terminal: Terminal;
}

export interface RunReport {
  result: Result;
  folder: string;
  /** Why the result could not be written: the verdict is there all the same. */
  unwritten: Problem | null;
}

/** Puts load on a target that is ready for it, watches both, judges, and leaves a result. */
export async function measure(measurement: Measurement): Promise<RunReport> {
  const { plan, target, source, interruption } = measurement;
  await using cleanup = new AsyncDisposableStack();
  const recording = cleanup.use(recordingOf(measurement));
  const { note, record, folder } = recording;

  const watch = await startWatching({ ...measurement, ...source }, recording, cleanup);
  const { progress, probes, stores, telemetry } = watch;
  const configuration = await askConfiguration(plan.target, target, note);
  const generators = cleanup.use(await source.start(recording, watch));
  cleanup.use(sampleGenerators(generators, recording, watch));

  const end = await loadEnd(generators, interruption, progress);
  telemetry.finish();
  // While the rest is done: who waits for the verdict need not wait for a store.
  const sentOn = stores.finish(interruption.kill);
  // The target's counters as the load left them: by then they have counted every request of it.
  await probes.sample();
  const details = { ...(await probes.details()), ...configuration };
  if (Object.values(details).some((part) => part !== null))
    await folder.writeDetails(details).catch((error: Error) => note(error.message));
  if (end.outcome === 'completed') await coolDown(plan, probes, record, interruption.stop);
  for (const text of [
    ...messagesOf(generators, end.reason),
    ...strangersIn(telemetry),
    ...folder.writeFailures,
  ])
    note(text);
  const records = await settleRecords(
    { ...measurement, id: recording.start.run.id, note },
    interruption.kill,
  );
  for (const loss of await sentOn) note(loss);
  return leaveResult(recording, generators, { ...end, ...records, details });
}

function recordingOf({
  results,
  plan,
  start,
  source: { names, notes = [] },
  target,
}: Measurement): Recording {
  const generators = names.length > 1 && { generators: [...names] };
  const recording = new Recording(results, { ...start, ...generators }, redactor(target.env, plan.variables));
  notes.forEach(recording.note);
  return recording;
}

function sampleGenerators(
  generators: Generators,
  { addSample, note }: Recording,
  { windowMs }: Watch,
): Sampler {
  const sampler = sampleRegularly(GENERATOR_PROBE, generators.sample, windowMs, {
    onSample: addSample,
    onSilent: (probe, reason) => note(`no samples of the ${probe} for a time: ${reason}`),
  });
  void sampler.sample();
  return sampler;
}

const MESSAGES_NOTED = 5;

/** @param reason said already, as that for which the run ended */
function messagesOf(generators: Generators, reason: string | null): string[] {
  return generators
    .messages()
    .filter(({ message }) => message !== reason)
    .slice(0, MESSAGES_NOTED)
    .map(({ level, message, count }) => `k6 ${level}${count > 1 ? ` (${count} times)` : ''}: ${message}`);
}

/** Their requests are not in the figures: what they had to do with the run, nobody knows. */
function strangersIn(telemetry: Gathering): string[] {
  const names = telemetry.strangers();
  return names.length === 0
    ? []
    : [`telemetry of generators that are none of this run was left out: ${names.join(', ')}`];
}

/** Waits for the load to end, and passes on what the user wants of it meanwhile. */
async function loadEnd(
  generators: Generators,
  { stop, kill }: Interruption,
  progress: { note(text: string): void },
): Promise<K6Exit> {
  const onStop = () => {
    progress.note('Stopping: k6 ends its iterations and writes its summary. Ctrl-C again ends it at once.');
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

interface Ended extends K6Exit, SettledRecords {
  details: Evidence['details'];
}

/** Assembles the result of a run whose load has ended, and writes it into the folder of the run. */
async function leaveResult(
  { start, record, folder, notes }: Recording,
  generators: Generators,
  { outcome, reason, details, removal, found }: Ended,
): Promise<RunReport> {
  const several = start.generators !== undefined;
  const result = assembleResult({
    start,
    outcome,
    outcomeReason: reason,
    measurements: record,
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
    ledgerCounts: found,
  });
  const unwritten = await writeResult(folder.path, result).then(
    () => null,
    (error: unknown) => {
      if (error instanceof Problem) return error;
      throw error;
    },
  );
  return { result, folder: folder.path, unwritten };
}
