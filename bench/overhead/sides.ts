import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSecondsOf } from '../../cli/probes/process.ts';

/** One of the compared k6 scripts, and how to start k6 with it. */
export interface Side {
  name: string;
  script: string;
  outputs?: string[];
  env?: NodeJS.ProcessEnv;
}

export interface ConstantLoad {
  vus: number;
  durationS: number;
  /** Minimum think time; the maximum is three times as long. 0 means no think time. */
  thinkS: number;
}

export interface GeneratorCost {
  requests: number;
  cpuMsPerRequest: number;
  /** From the start of k6 to the first request. */
  startupMs: number;
  peakMemoryMB: number;
}

export const GENERATOR_CORE = '0';
const TARGET_CORE = '1';
/** Excluded from the measurement, because k6 loads, compiles and warms up in this time. */
const WARM_UP_S = 4;
/** Excluded from the measurement, because VUs stop in this time. */
const COOL_DOWN_S = 2;
/** The length of the measurement, which excludes warm-up and cool-down. */
export const measuredSeconds = ({ durationS }: ConstantLoad): number => durationS - WARM_UP_S - COOL_DOWN_S;
const POLL_MS = 5;

/** A command that runs on the given core. Generators share one core, and targets the other. */
const pinnedToCore = (core: string, command: string, args: string[]): [string, string[]] => [
  'taskset',
  ['-c', core, command, ...args],
];

/** A running k6 process and its own sink. Disposing ends both. */
export interface Generator extends AsyncDisposable {
  child: ChildProcess;
  sink: Sink;
  ended: Promise<unknown[]>;
  startupMs: number;
}

/** Starts k6, and resolves when it has sent its first request. */
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
  // Without this, a script that does not load would never end the wait.
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
  // 99 means that a threshold failed, which is expected with two generators on one core.
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
