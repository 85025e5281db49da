import { combinedExit, executionSegments, type GeneratorExit } from '../../lib/core/telemetry/index.ts';
import { processSampler } from '../probes/process.ts';
import { combineSamples } from '../probes/sampling.ts';
import { GENERATOR, GENERATOR_TAG } from '../telemetry/otlp.ts';
import { freeAddress, resumeK6, waitUntilPaused } from './k6-api.ts';
import type { LogMessage } from './k6-log.ts';
import { type K6Exit, type K6Options, type K6Process, startK6 } from './k6-process.ts';

export type EndedGenerator = Omit<GeneratorExit, 'summary'>;

/** The k6 processes that generate the load: a single process, or several processes that share the test. */
export interface Generators extends Disposable {
  /** Resolves when all generators have ended, with the outcome of each. */
  ends: Promise<EndedGenerator[]>;
  /** The combined outcome of all generators. */
  exit: Promise<K6Exit>;
  /**
   * Samples CPU and memory of the generators: the total, and with several generators also the values of each generator.
   */
  sample(): Promise<Record<string, number | null>>;
  /** Returns the log messages of all generators. */
  messages(): LogMessage[];
  /** Stops the generators gracefully, so that they write their summaries. Repeated calls have no effect. */
  stop(): void;
  kill(): void;
}

/** The paths of the files that one generator writes. */
export type GeneratorFiles = (name: string) => { log: string; summary: string };

interface GeneratorsOptions extends Omit<K6Options, 'logFile' | 'segment'> {
  names: readonly string[];
  filesOf: GeneratorFiles;
  /** Called with the name of a generator after the generator has sent its last telemetry. */
  onEnd: (name: string) => void;
}

/** Returns the names of the generators. A single generator is named `k6`. */
export const generatorNames = (count: number): string[] =>
  count === 1 ? ['k6'] : Array.from({ length: count }, (_, i) => `generator-${i + 1}`);

/**
 * Starts all generators. Several generators start the load at the same time, as soon as all of them have initialized
 * their VUs. If one generator ends early, stops all generators, because the load would be incomplete.
 */
export async function startGenerators(options: GeneratorsOptions): Promise<Generators> {
  const { names, onEnd } = options;
  const addresses = names.length === 1 ? [] : await Promise.all(names.map(freeAddress));
  const started = names.map((name, i) => ({ name, k6: startGenerator(options, i, addresses[i]) }));
  const each = (act: (k6: K6Process) => void) => {
    for (const { k6 } of started) act(k6);
  };

  const someEnded = new AbortController();
  const ends = Promise.all(
    started.map(async ({ name, k6 }) => {
      const end = await k6.exit;
      someEnded.abort();
      onEnd(name);
      if (end.outcome !== 'completed')
        each((generator) => generator.stop({ outcome: 'aborted', reason: `stopped because ${name} ended early` }));
      return { name, ...end };
    }),
  );
  beginTogether(addresses, someEnded.signal).catch((error: Error) => {
    if (!someEnded.signal.aborted)
      each((k6) => k6.stop({ outcome: 'crashed', reason: `the generators did not start the load: ${error.message}` }));
  });

  const samplers = started.map(({ name, k6 }) => ({ name, sample: processSampler(k6.pid) }));
  return {
    ends,
    exit: ends.then(combinedExit),
    async sample() {
      const samples = await Promise.all(
        samplers.map(async ({ name, sample }) => [name, { ...(await sample()) }] as const),
      );
      const [only] = samples;
      return samples.length === 1 && only ? only[1] : combineSamples(Object.fromEntries(samples));
    },
    messages: () => mergeMessages(started.flatMap(({ k6 }) => k6.log.messages())),
    stop: () => each((k6) => k6.stop()),
    kill: () => each((k6) => k6.kill()),
    [Symbol.dispose]: () => each((k6) => k6[Symbol.dispose]()),
  };
}

/**
 * Starts one generator. @param address the address of k6's REST API, through which the generator is
 * resumed; absent for a single generator
 */
function startGenerator(
  { names, filesOf, onEnd: _, env, tags, ...rest }: GeneratorsOptions,
  index: number,
  address?: string,
) {
  const name = names[index] as string;
  const segment = executionSegments(names.length)[index];
  const { log, summary } = filesOf(name);
  // Without this tag, a metric store would merge the samples of different generators into one series.
  const tagged = address && Object.keys(tags).length > 0;
  return startK6({
    ...rest,
    tags: tagged ? { ...tags, [GENERATOR_TAG]: name } : tags,
    logFile: log,
    env: { ...env, ...(address && generatorIdentity(name, env)), SUMMARY_FILE: summary },
    ...(address && segment && { segment: { ...segment, address } }),
  });
}

/** Returns the value of OTEL_RESOURCE_ATTRIBUTES that adds the name of the generator to its telemetry. */
function generatorIdentity(name: string, { OTEL_RESOURCE_ATTRIBUTES: existing }: NodeJS.ProcessEnv) {
  const attribute = `${GENERATOR}=${name}`;
  return { OTEL_RESOURCE_ATTRIBUTES: existing ? `${existing},${attribute}` : attribute };
}

async function beginTogether(addresses: readonly string[], signal: AbortSignal): Promise<void> {
  await Promise.all(addresses.map((address) => waitUntilPaused(address, signal)));
  await Promise.all(addresses.map((address) => resumeK6(address, signal)));
}

/** Merges the log messages of several generators, and adds up the counts of equal messages. */
export function mergeMessages(messages: readonly LogMessage[]): LogMessage[] {
  const all = new Map<string, LogMessage>();
  for (const message of messages) {
    const key = `${message.level} ${message.message}`;
    all.set(key, { ...message, count: message.count + (all.get(key)?.count ?? 0) });
  }
  return [...all.values()].sort((a, b) => b.count - a.count);
}
