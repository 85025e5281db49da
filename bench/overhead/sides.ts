import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSecondsOf } from '../../cli/probes/process.ts';

/** One way to put the load on, and how k6 is started for it. */
export interface Side {
  name: string;
  script: string;
  outputs: string[];
  env: NodeJS.ProcessEnv;
}

export interface Load {
  vus: number;
  durationS: number;
  /** Shortest think time; the longest is three times that. 0 is full speed. */
  thinkS: number;
}

export interface Cost {
  requests: number;
  cpuMsPerRequest: number;
  /** From the start of k6 to the first request. */
  startupMs: number;
  peakMemoryMB: number;
}

export const GENERATOR_CORE = '0';
const TARGET_CORE = '1';
/** k6 loads, compiles and warms up in this time; what it costs is seen in the start-up, not per request. */
const WARM_UP_S = 4;
/** At the end no VU is to be stopping. */
const COOL_DOWN_S = 2;
/** Of a load that lasts so long, how much is counted. */
export const countedS = ({ durationS }: Load): number => durationS - WARM_UP_S - COOL_DOWN_S;
const POLL_MS = 5;

/** A command on one core, so that generators share one and targets the other. */
export const pinned = (core: string, command: string, args: string[]): [string, string[]] => [
  'taskset',
  ['-c', core, command, ...args],
];

/** Runs a side once, against a sink of its own. */
export async function measure(k6: string, side: Side, load: Load): Promise<Cost> {
  const { vus, durationS, thinkS } = load;
  const sink = await startSink();
  const summaryFile = path.join(tmpdir(), `overhead-${process.pid}-${sink.port}.json`);
  const startedAt = performance.now();
  const [command, args] = pinned(GENERATOR_CORE, k6, [
    'run',
    '--quiet',
    '--no-usage-report',
    ...side.outputs.flatMap((one) => ['--out', one]),
    side.script,
  ]);
  const child = spawn(command, args, {
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH,
      ...side.env,
      API_URL: sink.url,
      ADMIN_TOKEN: 'token',
      WEBHOOK_SECRET: 'secret',
      VUS: String(vus),
      DURATION: `${durationS}s`,
      THINK_S: String(thinkS),
      SUMMARY_FILE: summaryFile,
    },
  });
  const ended = once(child, 'exit');
  try {
    const startupMs = await Promise.race([firstRequest(sink, startedAt), ended.then(endedEarly(side))]);
    await sleep(WARM_UP_S * 1000);
    const before = { cpuS: cpuSeconds(child), requests: await sink.requests() };
    await sleep(countedS(load) * 1000);
    const after = { cpuS: cpuSeconds(child), requests: await sink.requests() };
    const peakMemoryMB = peakMemory(child);
    const [code] = await ended;
    // 99 is a threshold that failed: two generators on one core are slow, and that is not the question here.
    if (code !== 0 && code !== 99) throw new Error(`${side.name}: k6 ended with ${code}`);
    const requests = after.requests - before.requests;
    return {
      requests,
      cpuMsPerRequest: ((after.cpuS - before.cpuS) * 1000) / requests,
      startupMs,
      peakMemoryMB,
    };
  } finally {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    sink.stop();
    rmSync(summaryFile, { force: true });
  }
}

/** Without it a script that does not even load would be waited for for ever. */
const endedEarly =
  ({ name, script }: Side) =>
  (): never => {
    throw new Error(`${name}: k6 ended before its first request; see what it says: k6 run ${script}`);
  };

export interface Sink {
  url: string;
  port: number;
  pid: number;
  requests(): Promise<number>;
  stop(): void;
}

export async function startSink(): Promise<Sink> {
  const [command, args] = pinned(TARGET_CORE, process.execPath, [path.join(import.meta.dirname, 'sink.ts')]);
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    pid: child.pid as number,
    async requests() {
      child.send('requests?');
      const [answer] = (await once(child, 'message')) as [{ requests: number }];
      return answer.requests;
    },
    stop: () => child.kill('SIGKILL'),
  };
}

export async function firstRequest(sink: Sink, startedAt: number): Promise<number> {
  while ((await sink.requests()) === 0) await sleep(POLL_MS);
  return performance.now() - startedAt;
}

export const cpuSeconds = ({ pid }: Pick<ChildProcess, 'pid'>): number =>
  cpuSecondsOf(readFileSync(`/proc/${pid}/stat`, 'utf8'));

export function peakMemory({ pid }: ChildProcess): number {
  const kB = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kB) / 1024;
}
