import type { ActiveFaults } from '../faults/fault.ts';
import { causeOf } from '../problem.ts';
import { linkToSupervisor } from './link.ts';
import type { ProcessMetrics, ToChild } from './messages.ts';

export type Running = {
  ports: Record<string, number>;
  followFaults(active: ActiveFaults): Promise<void>;
  metrics?(): Promise<ProcessMetrics>;
  stop(): Promise<void>;
};

/** Runs a process of the supervisor's: start, faults and stop by message, and end with the supervisor. */
export function runChild<Config>(name: string, start: (config: Config) => Promise<Running>): void {
  let running: Running | undefined;
  // In order of arrival, so that an older state of the faults never overwrites a newer one.
  let turn = Promise.resolve();
  const link = linkToSupervisor();

  const follow = async (message: ToChild): Promise<void> => {
    switch (message.type) {
      case 'start':
        try {
          running = await start(message.config as Config);
          link.tell({ type: 'ready', ports: running.ports });
        } catch (error) {
          link.tell({ type: 'failed', error: causeOf(error) });
        }
        return;
      case 'faults':
        await running?.followFaults(message.active);
        link.tell({ type: 'done', id: message.id });
        return;
      case 'metrics':
        link.tell({ type: 'done', id: message.id, metrics: await running?.metrics?.() });
        return;
      case 'stop':
        await running?.stop();
        process.exit(0);
    }
  };
  link.onMessage((message) => {
    turn = turn.then(() => follow(message));
  });
  link.onEnd(() => process.exit(0));
  process.on('uncaughtException', (error) => {
    process.stderr.write(`${name}: ${causeOf(error)}\n`);
    process.exit(1);
  });
}
