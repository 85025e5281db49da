import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSecondsOf } from '../../cli/probes/process.ts';

/** One of the compared k6 scripts, with the k6 outputs and environment variables to run the script with. */
export interface Side {
  name: string;
  script: string;
  outputs?: string[];
  env?: NodeJS.ProcessEnv;
}

export interface ConstantLoad {
  vus: number;
  durationS: number;
  /** Minimum think time in seconds; 0 means no think time. The maximum think time is three times as long. */
  thinkS: number;
}

export interface GeneratorCost {
  requests: number;
  cpuMsPerRequest: number;
  /** Time from the start of k6 to the first request. */
  startupMs: number;
  peakMemoryMB: number;
}

export const GENERATOR_CORE = '0';
const TARGET_CORE = '1';
/** Time to wait before measuring, because k6 first loads, compiles and warms up. */
const WARM_UP_S = 4;
/** Time at the end of a run that is not measured, because VUs stop. */
const COOL_DOWN_S = 2;
/** Returns the duration of the measurement, which excludes the warm-up and the cool-down. */
export const measuredSeconds = ({ durationS }: ConstantLoad): number => durationS - WARM_UP_S - COOL_DOWN_S;
const POLL_MS = 5;

/**
 * Returns a command that runs only on the given core. All k6 processes share one core, and all targets share another.
 */
const pinnedToCore = (core: string, command: string, args: string[]): [string, string[]] => [
  'taskset',
  ['-c', core, command, ...args],
];

/** A running k6 process and the target that receives its requests. Disposing a generator stops k6 and the target. */
export interface Generator extends AsyncDisposable {
  child: ChildProcess;
  sink: Sink;
  ended: Promise<unknown[]>;
  startupMs: number;
}

/** Starts k6, and resolves when k6 has sent the first request. */
export async function startGenerator(k6: string, { name, script, outputs = [], env = {} }: Side): Promise<Generator> {
  await using stack = new AsyncDisposableStack();
  const sink = await startSink();
  stack.defer(() => sink.stop());
  const summaryFile = path.join(tmpdir(), `bench-${process.pid}-${sink.port}.json`);
  stack.defer(() => rmSync(summaryFile, { force: true }));
  const startedAt = performance.now();
  const outputOptions = outputs.flatMap((output) => ['--out', output]);
  const [command, args] = pinnedToCore(GENERATOR_CORE, k6, [
    'run',
    '--quiet',
    '--no-usage-report',
    ...outputOptions,
    script,
  ]);
  const child = spawn(command, args, {
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH,
      ...env,
      API_URL: sink.url,
      ADMIN_TOKEN: 'token',
      WEBHOOK_SECRET: 'secret',
      SUMMARY_FILE: summaryFile,
    },
  });
  const ended = once(child, 'exit');
  stack.defer(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await ended;
  });
  // Stop waiting if k6 exits before the first request, for example because the script cannot be loaded.
  const endedEarly = ended.then(() => {
    throw new Error(`${name}: k6 ended before its first request. Check its output: k6 run ${script}`);
  });
  const startupMs = await Promise.race([waitForFirstRequest(sink, startedAt), endedEarly]);
  const resources = stack.move();
  return { child, sink, ended, startupMs, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

export async function measureSide(k6: string, side: Side, load: ConstantLoad): Promise<GeneratorCost> {
  const { vus, durationS, thinkS } = load;
  const env = { ...side.env, VUS: String(vus), DURATION: `${durationS}s`, THINK_S: String(thinkS) };
  await using generator = await startGenerator(k6, { ...side, env });
  const { child, sink, startupMs } = generator;
  const sample = async () => ({ cpuS: cpuSeconds(child), requests: await sink.requests() });
  await sleep(WARM_UP_S * 1000);
  const before = await sample();
  await sleep(measuredSeconds(load) * 1000);
  const after = await sample();
  const peakMemoryMB = peakMemory(child);
  const [code] = await generator.ended;
  // Exit code 99 means that a threshold failed, which is expected if two k6 processes share one core.
  if (code !== 0 && code !== 99) throw new Error(`${side.name}: k6 ended with ${code}`);
  const requests = after.requests - before.requests;
  return {
    requests,
    cpuMsPerRequest: ((after.cpuS - before.cpuS) * 1000) / requests,
    startupMs,
    peakMemoryMB,
  };
}

export interface Sink {
  url: string;
  port: number;
  pid: number;
  requests(): Promise<number>;
  stop(): void;
}

async function startSink(): Promise<Sink> {
  const [command, args] = pinnedToCore(TARGET_CORE, process.execPath, [path.join(import.meta.dirname, 'sink.ts')]);
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    pid: child.pid as number,
    async requests() {
      child.send('requests?');
      const [response] = (await once(child, 'message')) as [{ requests: number }];
      return response.requests;
    },
    stop: () => child.kill('SIGKILL'),
  };
}

async function waitForFirstRequest(sink: Sink, startedAt: number): Promise<number> {
  while ((await sink.requests()) === 0) await sleep(POLL_MS);
  return performance.now() - startedAt;
}

export const cpuSeconds = ({ pid }: Pick<ChildProcess, 'pid'>): number =>
  cpuSecondsOf(readFileSync(`/proc/${pid}/stat`, 'utf8'));

export function peakMemory({ pid }: ChildProcess): number {
  const kB = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kB) / 1024;
}
