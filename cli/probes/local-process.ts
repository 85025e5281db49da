import type { ValueOf } from '../../lib/core/definition/index.ts';
import { PROCESS_COLUMNS } from '../../lib/core/evidence/index.ts';
import { listenersOn } from './listening.ts';
import type { Probe } from './probe.ts';
import { type ProcessSample, processSampler } from './process.ts';

type WatchedProcess = ValueOf<'TARGET_PROCESS'>;

/** CPU and memory of a process of this machine, or of all that listen on a port, whoever that is at the time. */
export function localProcessProbe(watched: WatchedProcess): Probe {
  let samplers: (() => Promise<ProcessSample>)[] = [];

  const lookUp = async () => {
    const pids = 'pid' in watched ? [watched.pid] : await listenersOn(watched.port);
    samplers = pids.map(processSampler);
  };
  const sampleAll = () => Promise.all(samplers.map((sample) => sample()));
  const isThere = (samples: readonly ProcessSample[]) =>
    samples.length > 0 && samples.every(({ residentBytes }) => residentBytes !== null);

  return {
    async sample() {
      let samples = await sampleAll();
      if (!isThere(samples)) {
        await lookUp();
        samples = await sampleAll();
      }
      if (!isThere(samples)) throw new Error(absenceOf(watched));
      return {
        [PROCESS_COLUMNS.cpuShare]: sumOf(samples, 'cpuShare'),
        [PROCESS_COLUMNS.residentBytes]: sumOf(samples, 'residentBytes'),
      };
    },
    close: async () => {},
  };
}

function absenceOf(watched: WatchedProcess): string {
  if (process.platform !== 'linux') return 'processes can only be watched on Linux';
  return 'pid' in watched
    ? `there is no process ${watched.pid}`
    : `no process that this user may see listens on port ${watched.port}`;
}

/** Null where one of them is not known yet. */
function sumOf(samples: readonly ProcessSample[], column: keyof ProcessSample): number | null {
  return samples.reduce<number | null>((sum, sample) => {
    const value = sample[column];
    return sum === null || value === null ? null : sum + value;
  }, 0);
}
