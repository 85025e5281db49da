import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Pod } from '@kubernetes/client-node';
import { combinedExit } from '../../../lib/core/telemetry/index.ts';
import { type EndedGenerator, type GeneratorFiles, type Generators, mergeMessages } from '../../run/generators.ts';
import { collectLog, type LogMessage, lastErrorIn } from '../../run/k6-log.ts';
import { type K6Exit, STOPPED_BY_USER } from '../../run/k6-process.ts';
import type { TelemetryCollection } from '../../telemetry/collect-telemetry.ts';
import type { Cluster, Stage } from './cluster.ts';
import type { TestRun } from './manifests.ts';
import { endOfGenerator, splitLog } from './pod-end.ts';

const POLL_INTERVAL_MS = 1000;
/** The time for which the cluster may be unreachable before the run ends. */
const CLUSTER_TIMEOUT_MS = 60_000;
/** The time within which stopped pods must end. By default, Kubernetes kills a pod after 30 s. */
const STOP_TIMEOUT_MS = 45_000;
/** The time within which the last telemetry of an ended pod must arrive from the collector. */
const TELEMETRY_TIMEOUT_MS = 30_000;

export interface PodsOptions {
  cluster: Cluster;
  testRun: TestRun;
  /** The names of the generators, in the order in which k6-operator numbers its jobs. */
  names: readonly string[];
  filesOf: GeneratorFiles;
  telemetry: Pick<TelemetryCollection, 'markEnded' | 'requestsOf'>;
  /** Removes secrets from logs. */
  redact: (text: string) => string;
  onStage: (stage: Stage, running: number) => void;
}

/**
 * Creates a TestRun, whose generators k6-operator creates and starts together. If a generator ends early, deletes the
 * TestRun, because the load would be incomplete.
 * @throws Problem if the cluster does not accept the TestRun
 */
export async function startPods(options: PodsOptions): Promise<Generators> {
  await options.cluster.create(options.testRun);
  const watch = new PodWatch(options);
  return {
    ends: watch.ends,
    exit: watch.ends.then(combinedExit),
    // Return no samples, because the runner cannot measure the CPU and memory of pods.
    sample: async () => ({}),
    messages: () => mergeMessages(watch.messages),
    stop: () => watch.stop(STOPPED_BY_USER),
    kill: () => watch.abandon(),
    [Symbol.dispose]: () => watch.abandon(),
  };
}

/** The state of one generator while the runner polls its pod. */
interface KnownGenerator {
  pod: V1Pod | undefined;
  end: PromiseWithResolvers<EndedGenerator>;
}

/** Polls the pods of a TestRun until all of them have ended. */
class PodWatch {
  readonly ends: Promise<EndedGenerator[]>;
  readonly messages: LogMessage[] = [];
  readonly #options: PodsOptions;
  readonly #name: string;
  readonly #startedAt = Date.now();
  /** The generators that have not ended yet. */
  readonly #active: Map<string, KnownGenerator>;
  #stage: Stage | null | undefined = null;
  #stopped: { end: K6Exit; atMs: number; logs: Map<string, Promise<string>> } | null = null;

  constructor(options: PodsOptions) {
    this.#options = options;
    this.#name = options.testRun.metadata.name as string;
    this.#active = new Map(
      options.names.map((name) => [name, { pod: undefined, end: Promise.withResolvers<EndedGenerator>() }]),
    );
    this.ends = Promise.all([...this.#active.values()].map(({ end }) => end.promise));
    void this.#watch();
  }

  /** Deletes the TestRun, so that the pods stop gracefully. */
  stop(end: K6Exit): void {
    if (this.#stopped) return;
    const { cluster } = this.#options;
    // Start to read the logs before the pods end, because Kubernetes deletes the log of a pod together with the pod.
    const timeout = AbortSignal.timeout(STOP_TIMEOUT_MS);
    const reading = [...this.#active.values()].flatMap(({ pod }) => {
      const name = nameOf(pod);
      return name ? [[name, cluster.followLog(name, timeout)] as const] : [];
    });
    for (const [, log] of reading) log.catch(() => {});
    this.#end(end, new Map(reading));
  }

  /** Deletes the TestRun without waiting for its pods to end. */
  abandon(): void {
    this.#end(STOPPED_BY_USER, new Map());
    for (const [name, { end }] of this.#active) end.resolve({ name, ...STOPPED_BY_USER });
    this.#active.clear();
  }

  #end(end: K6Exit, logs: Map<string, Promise<string>>): void {
    const { cluster, testRun } = this.#options;
    this.#stopped ??= { end, atMs: Date.now(), logs };
    // Ignore a failure here, because the TestRun is removed again when the run ends.
    cluster.remove(testRun).catch(() => {});
  }

  async #watch(): Promise<void> {
    let respondedAt = Date.now();
    while (this.#active.size > 0) {
      try {
        await this.#poll();
        respondedAt = Date.now();
      } catch (error) {
        if (Date.now() - respondedAt > CLUSTER_TIMEOUT_MS)
          await this.#settleAll({ outcome: 'crashed', reason: (error as Error).message });
      }
      if (this.#stopped && Date.now() - this.#stopped.atMs > STOP_TIMEOUT_MS) await this.#settleAll(this.#stopped.end);
      if (this.#active.size > 0) await sleep(POLL_INTERVAL_MS);
    }
  }

  async #poll(): Promise<void> {
    const { cluster, onStage } = this.#options;
    const stage = await cluster.stageOf(this.#name);
    const pods = await cluster.podsOf(this.#name);
    const byJob = new Map(pods.map((pod) => [pod.metadata?.labels?.['job-name'] ?? '', pod]));
    if (stage && stage !== this.#stage) {
      const running = pods.filter(({ metadata, status }) => metadata?.labels?.runner && status?.phase === 'Running');
      onStage(stage, running.length);
    }
    this.#stage = stage;
    if (stage === 'error') {
      const reason = await this.#refusal(byJob.get(`${this.#name}-initializer`));
      await this.#settleAll({ outcome: 'crashed', reason });
      return;
    }
    const ended: Promise<void>[] = [];
    for (const [name, known] of this.#active) {
      const pod = byJob.get(name);
      const end = endOfGenerator({
        stage,
        pod,
        hadPod: known.pod !== undefined,
        waitedMs: Date.now() - this.#startedAt,
      });
      if (pod) known.pod = pod;
      // If a generator completed before it was stopped, report it as completed.
      const exit = end?.outcome === 'completed' ? end : (this.#stopped?.end ?? end);
      if (end && exit) ended.push(this.#settle(name, known, exit));
    }
    await Promise.all(ended);
  }

  /**
   * Returns why k6-operator refused the test: the error in the log of the initializer pod, in which k6 inspects the
   * test.
   */
  async #refusal(initializer: V1Pod | undefined): Promise<string> {
    const name = nameOf(initializer);
    const log = name ? await this.#options.cluster.logOf(name).catch(() => '') : '';
    return ['k6-operator could not start the test', lastErrorIn(this.#options.redact(log))].filter(Boolean).join(': ');
  }

  #settleAll(end: K6Exit): Promise<unknown> {
    return Promise.all([...this.#active].map(([name, known]) => this.#settle(name, known, end)));
  }

  /** Stores the log of a generator, waits for the rest of its telemetry, and reports how it ended. */
  async #settle(name: string, { pod, end }: KnownGenerator, exit: K6Exit): Promise<void> {
    const { telemetry } = this.#options;
    this.#active.delete(name);
    const { requests, error } = await this.#saveLog(name, nameOf(pod));
    const endedEarly = exit !== this.#stopped?.end && exit.outcome !== 'completed';
    const outcome = endedEarly && error ? { ...exit, reason: error } : exit;
    if (endedEarly) this.stop({ outcome: 'aborted', reason: `stopped because ${name} ended early` });
    const giveUpAt = Date.now() + TELEMETRY_TIMEOUT_MS;
    while (telemetry.requestsOf(name) < requests && Date.now() < giveUpAt) await sleep(POLL_INTERVAL_MS / 10);
    telemetry.markEnded(name);
    end.resolve({ name, ...outcome });
  }

  /**
   * Writes the log and summary of a generator to its files.
   * @returns the number of requests in the summary, and the first error in the log
   */
  async #saveLog(name: string, pod: string | undefined): Promise<{ requests: number; error: string | undefined }> {
    const { cluster, filesOf, redact } = this.#options;
    const text = pod ? await (this.#stopped?.logs.get(pod) ?? cluster.logOf(pod)).catch(() => '') : '';
    const { summary, lines } = splitLog(text);
    const safe = lines.map((line) => `${redact(line)}\n`).join('');
    const log = collectLog();
    log.write(safe);
    const messages = log.messages();
    this.messages.push(...messages);
    const files = filesOf(name);
    // Ignore write errors: the run continues without the file.
    await writeFile(files.log, safe).catch(() => {});
    if (summary) await writeFile(files.summary, `${JSON.stringify(summary)}\n`).catch(() => {});
    return {
      requests: summary?.requests ?? 0,
      error: messages.find(({ level }) => level === 'error')?.message,
    };
  }
}

const nameOf = (pod: V1Pod | undefined) => pod?.metadata?.name;
