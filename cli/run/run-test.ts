import { setTimeout as sleep } from 'node:timers/promises';
import { type Environment, readVariable, type TestPlan } from '../../lib/core/definition/index.ts';
import { type Result, TARGET_COLUMNS } from '../../lib/core/evidence/index.ts';
import { indivisible } from '../../lib/core/telemetry/index.ts';
import { ensureK6, type K6 } from '../k6/index.ts';
import { GENERATOR_PROBE, type RunSample, type SampledProbe, sampleRegularly } from '../probes/sampling.ts';
import { startProbes } from '../probes/start.ts';
import { PROBE_VARIABLES, withoutProbes } from '../probes/table.ts';
import { cleanUpAfter } from '../records/after-run.ts';
import { countRecords } from '../records/count.ts';
import { assemble } from '../results/assemble.ts';
import { RunRecord } from '../results/record.ts';
import { RunFolder, type RunStart } from '../results/store.ts';
import { EXIT, Problem } from '../support/problem.ts';
import { lockMachine } from '../support/run-lock.ts';
import type { Terminal } from '../support/terminal.ts';
import { allowedEnvironment, assertVariables, GENERAL_VARIABLES } from '../support/variables.ts';
import { type Gathering, gather } from '../telemetry/gather.ts';
import { telemetrySettings, windowLength } from '../telemetry/k6-settings.ts';
import { type Inlet, receiveTelemetry } from '../telemetry/receiver.ts';
import { forExporters, openStores, type Stores, storeVariables } from '../telemetry/stores.ts';
import { buildTests, listTests } from './bundle.ts';
import { askConfiguration } from './configuration.ts';
import { dashboardSettings } from './dashboard.ts';
import { type FilesOf, type Generators, generatorNames, startGenerators } from './generators.ts';
import { goSettings } from './go-settings.ts';
import { bundlePath, inspectTest } from './inspect.ts';
import type { Interruption } from './interruption.ts';
import { startLocalTarget, startsOwnTarget } from './local-target.ts';
import { assertEnoughFiles, preflight, type Target } from './preflight.ts';
import { showProgress } from './progress.ts';
import { redactor } from './redact.ts';
import { describeRun } from './run-start.ts';
import { productOf, resolveTest } from './test-name.ts';

export interface RunRequest {
  /** As a person names it: `booking/peak` or `peak`. */
  test: string;
  labels: Record<string, string>;
  dashboard: boolean;
  /** Where it cannot be divided among several generators, it runs on one; otherwise it is refused. */
  mayStayWhole?: boolean;
  allowProduction: boolean;
  /** What the run creates stays in the target. */
  keepData: boolean;
  /** Folder that results go to. */
  results: string;
  /** Environment variables, options of the command line already in them. */
  env: NodeJS.ProcessEnv;
}

export interface RunReport {
  result: Result;
  folder: string;
  /** Why the result could not be written: the verdict is there all the same. */
  unwritten: Problem | null;
}

/**
 * One run from start to end.
 * @throws Problem where there is nothing to judge: wrong usage, a target that is not there, interrupted too early
 */
export async function runTest(
  request: RunRequest,
  interruption: Interruption,
  terminal: Terminal,
): Promise<RunReport> {
  const { env } = request;
  const environment = environmentOf(request);
  const test = resolveTest(request.test, await listTests());

  await using cleanup = new AsyncDisposableStack();
  cleanup.use(await lockMachine(test));
  return await beforeLoad(interruption.stop, async () => {
    const { k6, plan, target } = await prepare(test, environment, env, interruption.stop, cleanup, terminal);
    const divided = division(plan, request);
    await assertEnoughFiles(plan.workload.peakVUs);
    await preflight(plan, target, interruption.stop);
    const start = await describeRun(plan, target, request.labels, k6.version);
    const source = onThisMachine({ request, terminal, test, k6, plan, target, divided });
    return measure({ request, interruption, terminal, plan, target, start, source });
  });
}

/**
 * The environment that is to be loaded, once all is right that can be said wrong without a look at it.
 * @throws Problem with everything that is not
 */
export function environmentOf({
  env,
  allowProduction,
}: Pick<RunRequest, 'env' | 'allowProduction'>): Environment {
  assertVariables(
    [...GENERAL_VARIABLES, ...PROBE_VARIABLES.filter((name) => env[name]), ...storeVariables(env)],
    env,
  );
  return allowedEnvironment(env, allowProduction);
}

/** Who is stopped in the middle of something throws whatever it may be: it means that nothing was measured. */
export async function beforeLoad<T>(stop: AbortSignal, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (stop.aborted && !(error instanceof Problem))
      throw new Problem('Interrupted before the load began; nothing was measured.', EXIT.interrupted);
    throw error;
  }
}

/** Among how many the test is divided, and why not among as many as were asked for. */
function division(
  plan: TestPlan,
  { env, dashboard, mayStayWhole = false }: RunRequest,
): { count: number; whole: string | null } {
  const count = readVariable('GENERATORS', env);
  const whole = count === 1 ? null : indivisible(plan, count);
  if (whole && !mayStayWhole) throw new Problem(whole);
  if (count > 1 && dashboard)
    throw new Problem("k6's dashboard shows one generator alone. Leave out --dashboard, or run with one.");
  return { count: whole ? 1 : count, whole };
}

/** Target, k6 and bundle at the same time: none waits for another, and a person waits for all. */
async function prepare(
  test: string,
  environment: Environment,
  env: NodeJS.ProcessEnv,
  stop: AbortSignal,
  cleanup: AsyncDisposableStack,
  terminal: Terminal,
): Promise<{ k6: K6; plan: TestPlan; target: Target }> {
  const abandoned = new AbortController();
  const signal = AbortSignal.any([stop, abandoned.signal]);
  const starting = startsOwnTarget(environment, env)
    ? startLocalTarget(productOf(test), env, signal)
    : Promise.resolve(null);
  cleanup.defer(async () => (await starting.catch(() => null))?.[Symbol.asyncDispose]());
  cleanup.defer(() => abandoned.abort());

  const loading = Promise.all([
    ensureK6({ env, log: (line) => terminal.line(line), signal }),
    buildTests([test], readVariable('SEED', env)),
  ]).then(async ([k6]) => {
    const plan = await inspectTest(k6.path, test, withoutProbes(env));
    if (environment !== 'local') assertVariables(plan.requires, env);
    return { k6, plan };
  });
  const [{ k6, plan }, local] = await Promise.all([loading, starting]);
  const completed = { ...env, ...local?.variables };
  assertVariables(plan.requires, completed);
  const url = readVariable('API_URL', completed);
  const own = local ? { own: true, settings: local.settings } : { own: false };
  return { k6, plan, target: { environment, url, ...own, env: completed } };
}

/** What puts load on, and how. */
export interface LoadSource {
  names: readonly string[];
  /** What a result says of it. */
  notes?: readonly string[];
  /** Where its telemetry comes in, if not on loopback. */
  inlet?: Inlet;
  start(run: StartedRun): Promise<Generators>;
}

/** What a source of load needs to know of the run that it is for. */
export interface StartedRun {
  id: string;
  folder: RunFolder;
  filesOf: FilesOf;
  telemetry: Gathering;
  /** Where the runner takes telemetry. */
  endpoint: string;
  windowMs: number;
  stores: Stores;
  redact: (text: string) => string;
}

interface OnThisMachine {
  request: RunRequest;
  terminal: Terminal;
  test: string;
  k6: K6;
  plan: TestPlan;
  target: Target;
  divided: ReturnType<typeof division>;
}

function onThisMachine({ request, terminal, test, k6, plan, target, divided }: OnThisMachine): LoadSource {
  const names = generatorNames(divided.count);
  return {
    names,
    notes: divided.whole ? [`on one generator: ${divided.whole}`] : [],
    async start({ id, folder, filesOf, telemetry, endpoint, windowMs, stores, redact }) {
      const dashboard = request.dashboard ? await dashboardSettings(folder, terminal) : null;
      return startGenerators({
        binary: k6.path,
        bundle: bundlePath(test),
        outputs: ['opentelemetry', ...stores.outputs, ...(dashboard?.outputs ?? [])],
        tags: stores.tags,
        names,
        filesOf,
        redact,
        env: {
          ...forExporters(withoutProbes(target.env)),
          ...stores.env,
          ...goSettings(target.env, plan.workload.peakVUs, names.length),
          ...telemetrySettings(endpoint, windowMs),
          ...dashboard?.env,
          GENERATORS: String(names.length),
          RUN_ID: id,
        },
        onEnd: telemetry.ended,
      });
    },
  };
}

export interface Measurement {
  request: Pick<RunRequest, 'keepData' | 'results'>;
  interruption: Interruption;
  terminal: Terminal;
  plan: TestPlan;
  target: Target;
  start: RunStart;
  source: LoadSource;
}

/** Puts load on a target that is ready for it, watches both, judges, and leaves a result. */
export async function measure({
  request,
  interruption,
  terminal,
  plan,
  target,
  start: described,
  source,
}: Measurement): Promise<RunReport> {
  const { names } = source;
  const several = names.length > 1;
  const start = { ...described, ...(several && { generators: [...names] }) };
  const folder = RunFolder.create(request.results, start);
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => folder.close());

  const record = new RunRecord(plan);
  const notes = [...(source.notes ?? [])];
  const progress = cleanup.use(showProgress(plan.workload, terminal));
  const windowMs = windowLength(plan.scale.time);
  const stores = cleanup.use(openStores(target.env, start, windowMs));
  const telemetry = gather(names, windowMs, (window) => {
    record.addWindow(window);
    folder.appendWindow(window);
    progress.window(window);
  });
  const receiver = cleanup.use(await receiveTelemetry(telemetry.take, stores.forward, source.inlet));
  const sampling = {
    onSample(sample: RunSample) {
      record.addSample(sample);
      folder.appendSample(sample);
    },
    onSilent(probe: SampledProbe, reason: string) {
      notes.push(`no samples of the ${probe} for a time: ${reason}`);
    },
  };
  const redact = redactor(target.env);
  const probes = cleanup.use(
    startProbes({
      env: target.env,
      metricsPath: plan.target.metricsPath,
      intervalMs: windowMs,
      onSample: sampling.onSample,
      note: (text) => notes.push(redact(text)),
    }),
  );
  await probes.sample();
  const configuration = await askConfiguration(plan.target, target, (text) => notes.push(redact(text)));

  const ownName = (name: string) => (several ? name : undefined);
  const generators = cleanup.use(
    await source.start({
      id: start.run.id,
      folder,
      filesOf: (name) => ({
        log: folder.file('log', ownName(name)),
        summary: folder.file('summary', ownName(name)),
      }),
      telemetry,
      endpoint: receiver.endpoint,
      windowMs,
      stores,
      redact,
    }),
  );
  const sampler = cleanup.use(sampleRegularly(GENERATOR_PROBE, generators.sample, windowMs, sampling));
  void sampler.sample();

  const { outcome, reason } = await ended(generators, interruption, progress);
  telemetry.finish();
  // While the rest is done: who waits for the verdict need not wait for a store.
  const sentOn = stores.finish(interruption.kill);
  // The target's counters as the load left them: by then they have counted every request of it.
  await probes.sample();
  const details = { ...(await probes.details()), ...configuration };
  if (Object.values(details).some((part) => part !== null))
    await folder.writeDetails(details).catch((error: Error) => notes.push(error.message));
  if (
    outcome === 'completed' &&
    plan.criteria.some(({ measure }) => measure.kind === 'unreturned-connections')
  )
    await connectionsReturned(() => probes.sample('target'), record, interruption.stop);
  notes.push(...notesOf(generators, reason), ...strangersIn(telemetry), ...folder.losses);
  const found = await countRecords(plan, start.run.id, target.env, (text) => notes.push(redact(text)));
  const removal = await cleanUpAfter(
    {
      plan,
      runId: start.run.id,
      env: target.env,
      ownTarget: target.own,
      keepData: request.keepData,
    },
    interruption.kill,
  );

  notes.push(...(await sentOn).map(redact));

  const result = assemble({
    start,
    outcome,
    outcomeReason: reason,
    record,
    summary: several ? null : await folder.readSummary(),
    ...(several && {
      generators: await Promise.all(
        (await generators.ends).map(async (end) => ({ ...end, summary: await folder.readSummary(end.name) })),
      ),
    }),
    details,
    notes,
    removal,
    found,
  });
  return { result, folder: folder.path, unwritten: await written(folder, result) };
}

async function written(folder: RunFolder, result: Result): Promise<Problem | null> {
  try {
    await folder.writeResult(result);
    return null;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

/** Waits for the load to end, and passes on what the user wants of it meanwhile. */
async function ended(
  generators: Generators,
  { stop, kill }: Interruption,
  progress: { note(text: string): void },
) {
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

const COOL_DOWN_SAMPLES = 15;
const COOL_DOWN_EVERY_MS = 1000;

/** Watches the target after the load until its connections are back, or long enough to say that they are not. */
async function connectionsReturned(
  sample: () => Promise<void>,
  record: RunRecord,
  signal: AbortSignal,
): Promise<void> {
  const active = ({ values }: RunSample) => values[TARGET_COLUMNS.connectionsActive] ?? null;
  const ofTarget = () => record.samplesOf('target');
  const [first] = ofTarget();
  const before = first ? active(first) : null;
  if (before === null) return;
  for (let taken = 0; taken < COOL_DOWN_SAMPLES && !signal.aborted; taken++) {
    await sleep(COOL_DOWN_EVERY_MS, undefined, { signal }).catch(() => {});
    await sample();
    const last = ofTarget().at(-1);
    if (last && (active(last) ?? before + 1) <= before) return;
  }
}

const MESSAGES_NOTED = 5;

/** @param reason said already, as that for which the run ended */
function notesOf(generators: Generators, reason: string | null): string[] {
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
