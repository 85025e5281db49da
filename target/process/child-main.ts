import type { ActiveFaults } from '../faults/table.ts';
import { causeOf } from '../problem.ts';
import type { FromChild, ToChild } from './messages.ts';

export type Running = {
  ports: Record<string, number>;
  followFaults(active: ActiveFaults): Promise<void>;
  stop(): Promise<void>;
};

/** Runs a child process of the supervisor: start, faults and stop by message, and end with the parent. */
export function runChild<Config>(name: string, start: (config: Config) => Promise<Running>): void {
  let running: Running | undefined;
  // In order of arrival, so that an older state of the faults never overwrites a newer one.
  let turn = Promise.resolve();
  const tell = (message: FromChild) => process.send?.(message, () => undefined);

  process.on('message', (message: ToChild) => {
    turn = turn.then(async () => {
      if (message.type === 'start') {
        try {
          running = await start(message.config as Config);
          tell({ type: 'ready', ports: running.ports });
        } catch (error) {
          tell({ type: 'failed', error: causeOf(error) });
        }
      } else if (message.type === 'faults') {
        await running?.followFaults(message.active);
        tell({ type: 'faults-followed', id: message.id });
      } else {
        await running?.stop();
        process.exit(0);
      }
    });
  });
  process.on('disconnect', () => process.exit(0));
  // The supervisor may have ended while this process was loading its modules.
  if (!process.connected) process.exit(0);
  process.on('uncaughtException', (error) => {
    process.stderr.write(`${name}: ${causeOf(error)}\n`);
    process.exit(1);
  });
}
