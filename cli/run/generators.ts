import { combinedExit, executionSegments, type GeneratorExit } from '../../lib/core/telemetry/index.ts';
import { processSampler } from '../probes/process.ts';
import { sampleOfSeveral } from '../probes/sampling.ts';
import { GENERATOR, GENERATOR_TAG } from '../telemetry/otlp.ts';
import { begin, freeAddress, waiting } from './k6-api.ts';
import type { LogMessage } from './k6-log.ts';
import { type K6Exit, type K6Options, type K6Process, startK6 } from './k6-process.ts';

export type Ended = Omit<GeneratorExit, 'summary'>;

/** What puts the load on: one k6, or several that divide the test among themselves. */
export interface Generators extends Disposable {
  /** Settles when all have ended, with how each did. */
  ends: Promise<Ended[]>;
  /** The same as one. */
  exit: Promise<K6Exit>;
  /** Their CPU and memory; of several, of each by its name as well. */
  sample(): Promise<Record<string, number | null>>;
  /** What all of them logged. */
  messages(): LogMessage[];
  /** Once: they stop gracefully and write their summaries. */
  stop(): void;
  kill(): void;
}

/** Where one of them leaves what it says. */
export type FilesOf = (name: string) => { log: string; summary: string };

interface GeneratorsOptions extends Omit<K6Options, 'logFile' | 'division'> {
  names: readonly string[];
  filesOf: FilesOf;
  /** Told of each when its last telemetry has been sent. */
  onEnd: (name: string) => void;
}

/** One alone is k6 itself. */
export const generatorNames = (count: number): string[] =>
  count === 1 ? ['k6'] : Array.from({ length: count }, (_, i) => `generator-${i + 1}`);

/**
 * Starts them. Several wait until all of them have made their VUs, and begin together. When one ends before its
 * time, the others are stopped: without it, the load is not the one that was asked for.
 */
export async function startGenerators(options: GeneratorsOptions): Promise<Generators> {
  const { names, onEnd } = options;
  const addresses = names.length === 1 ? [] : await Promise.all(names.map(freeAddress));
  const started = names.map((name, i) => ({ name, k6: startOne(options, i, addresses[i]) }));
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
        each((other) => other.stop({ outcome: 'aborted', reason: `stopped, since ${name} had ended early` }));
      return { name, ...end };
    }),
  );
  beginTogether(addresses, someEnded.signal).catch((error: Error) => {
    if (!someEnded.signal.aborted)
      each((k6) => k6.stop({ outcome: 'crashed', reason: `generators did not begin: ${error.message}` }));
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
      return samples.length === 1 && only ? only[1] : sampleOfSeveral(Object.fromEntries(samples));
    },
    messages: () => together(started.flatMap(({ k6 }) => k6.log.messages())),
    stop: () => each((k6) => k6.stop()),
    kill: () => each((k6) => k6.kill()),
    [Symbol.dispose]: () => each((k6) => k6[Symbol.dispose]()),
  };
}

/** @param address where it waits for the signal to begin, where it is one of several */
function startOne(
  { names, filesOf, onEnd: _, env, tags, ...rest }: GeneratorsOptions,
  index: number,
  address?: string,
) {
  const name = names[index] as string;
  const segment = executionSegments(names.length)[index];
  const { log, summary } = filesOf(name);
  // Where samples are tagged for a store, those of two generators would be one series there.
  const tagged = address && Object.keys(tags).length > 0;
  return startK6({
    ...rest,
    tags: tagged ? { ...tags, [GENERATOR_TAG]: name } : tags,
    logFile: log,
    env: { ...env, ...(address && identity(name, env)), SUMMARY_FILE: summary },
    ...(address && segment && { division: { ...segment, address } }),
  });
}

/** By which its telemetry says whose it is. */
function identity(name: string, { OTEL_RESOURCE_ATTRIBUTES: others }: NodeJS.ProcessEnv) {
  const own = `${GENERATOR}=${name}`;
  return { OTEL_RESOURCE_ATTRIBUTES: others ? `${others},${own}` : own };
}

async function beginTogether(addresses: readonly string[], signal: AbortSignal): Promise<void> {
  await Promise.all(addresses.map((address) => waiting(address, signal)));
  await Promise.all(addresses.map((address) => begin(address, signal)));
}

/** The same message of several is one. */
export function together(messages: readonly LogMessage[]): LogMessage[] {
  const all = new Map<string, LogMessage>();
  for (const one of messages) {
    const key = `${one.level} ${one.message}`;
    all.set(key, { ...one, count: one.count + (all.get(key)?.count ?? 0) });
  }
  return [...all.values()].sort((a, b) => b.count - a.count);
}
