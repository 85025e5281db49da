import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Pod } from '@kubernetes/client-node';
import { combinedExit } from '../../../lib/core/telemetry/index.ts';
import {
  type EndedGenerator,
  type GeneratorFiles,
  type Generators,
  mergeMessages,
} from '../../run/generators.ts';
import { collectLog, type LogMessage, lastErrorIn } from '../../run/k6-log.ts';
import { type K6Exit, STOPPED_BY_USER } from '../../run/k6-process.ts';
import type { TelemetryCollection } from '../../telemetry/collect-telemetry.ts';
import type { Cluster, Stage } from './cluster.ts';
import type { TestRun } from './manifests.ts';
import { endOfGenerator, splitLog } from './pod-end.ts';

const POLL_INTERVAL_MS = 1000;
/** How long a cluster may give no answer before its pods are given up. */
const CLUSTER_TIMEOUT_MS = 60_000;
/** How long pods that were told to end may take: by default Kubernetes gives them 30 s. */
const STOP_TIMEOUT_MS = 45_000;
/** How long telemetry may take from a pod that has ended, by way of the collector. */
const TELEMETRY_TIMEOUT_MS = 30_000;

export interface PodsOptions {
  cluster: Cluster;
  testRun: TestRun;
  /** In the order in which the operator numbers them. */
  names: readonly string[];
  filesOf: GeneratorFiles;
  telemetry: Pick<TelemetryCollection, 'markEnded' | 'requestsOf'>;
  /** Takes secrets out of what is logged. */
  redact: (text: string) => string;
  onStage: (stage: Stage, running: number) => void;
}

/**
 * The generators that k6-operator makes of a TestRun. They begin together when the operator says so. When one ends
 * before its time the TestRun is deleted: without it, the load is not the one that was asked for.
 * @throws Problem where the cluster does not take the TestRun
 */
export async function startPods(options: PodsOptions): Promise<Generators> {
  await options.cluster.create(options.testRun);
  const watch = new PodWatch(options);
  return {
    ends: watch.ends,
    exit: watch.ends.then(combinedExit),
    // Their CPU and memory are for the cluster to watch.
    sample: async () => ({}),
    messages: () => mergeMessages(watch.messages),
    stop: () => watch.stop(STOPPED_BY_USER),
    kill: () => watch.abandon(),
    [Symbol.dispose]: () => watch.abandon(),
  };
}

/** One generator, as far as it is known. */
interface KnownGenerator {
  pod: V1Pod | undefined;
  end: PromiseWithResolvers<EndedGenerator>;
}

/** Asks a cluster again and again how the pods of a TestRun are, until all have ended. */
class PodWatch {
  readonly ends: Promise<EndedGenerator[]>;
  readonly messages: LogMessage[] = [];
  readonly #options: PodsOptions;
  readonly #name: string;
  readonly #startedAt = Date.now();
  /** Those that have not ended. */
  readonly #open: Map<string, KnownGenerator>;
  #stage: Stage | null | undefined = null;
  #stopped: { end: K6Exit; atMs: number; logs: Map<string, Promise<string>> } | null = null;

  constructor(options: PodsOptions) {
    this.#options = options;
    this.#name = options.testRun.metadata.name as string;
    this.#open = new Map(
      options.names.map((name) => [name, { pod: undefined, end: Promise.withResolvers<EndedGenerator>() }]),
    );
    this.ends = Promise.all([...this.#open.values()].map(({ end }) => end.promise));
    void this.#watch();
  }

  /** Pods are told to end, and given time for it. */
  stop(end: K6Exit): void {
    if (this.#stopped) return;
    const { cluster } = this.#options;
    // Logs go with the pods: who wants to read the end of one has to be reading by then.
    const enough = AbortSignal.timeout(STOP_TIMEOUT_MS);
    const reading = [...this.#open.values()].flatMap(({ pod }) => {
      const name = nameOf(pod);
      return name ? [[name, cluster.followLog(name, enough)] as const] : [];
    });
    for (const [, log] of reading) log.catch(() => {});
    this.#end(end, new Map(reading));
  }

  /** The same, without waiting for them. */
  abandon(): void {
    this.#end(STOPPED_BY_USER, new Map());
    for (const [name, { end }] of this.#open) end.resolve({ name, ...STOPPED_BY_USER });
    this.#open.clear();
  }

  #end(end: K6Exit, logs: Map<string, Promise<string>>): void {
    const { cluster, testRun } = this.#options;
    this.#stopped ??= { end, atMs: Date.now(), logs };
    // Whoever has created it removes it at the end in any case.
    cluster.remove(testRun).catch(() => {});
  }

  async #watch(): Promise<void> {
    let heardAt = Date.now();
    while (this.#open.size > 0) {
      try {
        await this.#look();
        heardAt = Date.now();
      } catch (error) {
        if (Date.now() - heardAt > CLUSTER_TIMEOUT_MS)
          await this.#settleAll({ outcome: 'crashed', reason: (error as Error).message });
      }
      if (this.#stopped && Date.now() - this.#stopped.atMs > STOP_TIMEOUT_MS)
        await this.#settleAll(this.#stopped.end);
      if (this.#open.size > 0) await sleep(POLL_INTERVAL_MS);
    }
  }

  async #look(): Promise<void> {
    const { cluster, onStage } = this.#options;
    const stage = await cluster.stageOf(this.#name);
    const pods = await cluster.podsOf(this.#name);
    const byJob = new Map(pods.map((pod) => [pod.metadata?.labels?.['job-name'] ?? '', pod]));
    if (stage && stage !== this.#stage) {
      const running = pods.filter(
        ({ metadata, status }) => metadata?.labels?.runner && status?.phase === 'Running',
      );
      onStage(stage, running.length);
    }
    this.#stage = stage;
    if (stage === 'error') {
      const reason = await this.#refusal(byJob.get(`${this.#name}-initializer`));
      await this.#settleAll({ outcome: 'crashed', reason });
      return;
    }
    const ended: Promise<void>[] = [];
    for (const [name, known] of this.#open) {
      const pod = byJob.get(name);
      const end = endOfGenerator({
        stage,
        pod,
        hadPod: known.pod !== undefined,
        waitedMs: Date.now() - this.#startedAt,
      });
      if (pod) known.pod = pod;
      // What was told to end, and had come to its end before, has done its part.
      const told = end?.outcome === 'completed' ? end : (this.#stopped?.end ?? end);
      if (end && told) ended.push(this.#settle(name, known, told));
    }
    await Promise.all(ended);
  }

  /** What k6 has said to the operator, which lets it describe a test before it begins. */
  async #refusal(initializer: V1Pod | undefined): Promise<string> {
    const name = nameOf(initializer);
    const log = name ? await this.#options.cluster.logOf(name).catch(() => '') : '';
    return ['k6-operator could not begin the test', lastErrorIn(this.#options.redact(log))]
      .filter(Boolean)
      .join(': ');
  }

  #settleAll(end: K6Exit): Promise<unknown> {
    return Promise.all([...this.#open].map(([name, known]) => this.#settle(name, known, end)));
  }

  /** Keeps what a generator has said, waits for the telemetry that it has sent, and tells how it ended. */
  async #settle(name: string, { pod, end }: KnownGenerator, exit: K6Exit): Promise<void> {
    const { telemetry } = this.#options;
    this.#open.delete(name);
    const { requests, said } = await this.#keep(name, nameOf(pod));
    const own = exit !== this.#stopped?.end && exit.outcome !== 'completed';
    const told = own && said ? { ...exit, reason: said } : exit;
    if (own) this.stop({ outcome: 'aborted', reason: `stopped, since ${name} had ended early` });
    const giveUpAt = Date.now() + TELEMETRY_TIMEOUT_MS;
    while (telemetry.requestsOf(name) < requests && Date.now() < giveUpAt) await sleep(POLL_INTERVAL_MS / 10);
    telemetry.markEnded(name);
    end.resolve({ name, ...told });
  }

  /** @returns how many requests it counted, and the gravest that it said */
  async #keep(
    name: string,
    pod: string | undefined,
  ): Promise<{ requests: number; said: string | undefined }> {
    const { cluster, filesOf, redact } = this.#options;
    const text = pod ? await (this.#stopped?.logs.get(pod) ?? cluster.logOf(pod)).catch(() => '') : '';
    const { summary, lines } = splitLog(text);
    const safe = lines.map((line) => `${redact(line)}\n`).join('');
    const log = collectLog();
    log.write(safe);
    const messages = log.messages();
    this.messages.push(...messages);
    const files = filesOf(name);
    // What cannot be written is missing in the folder alone: the run goes on.
    await writeFile(files.log, safe).catch(() => {});
    if (summary) await writeFile(files.summary, `${JSON.stringify(summary)}\n`).catch(() => {});
    return {
      requests: summary?.requests ?? 0,
      said: messages.find(({ level }) => level === 'error')?.message,
    };
  }
}

const nameOf = (pod: V1Pod | undefined) => pod?.metadata?.name;
