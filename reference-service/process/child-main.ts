import type { ActiveFaults } from '../faults/fault.ts';
import { errorMessageOf } from '../problem.ts';
import { connectToSupervisor } from './link.ts';
import type { ProcessMetrics, SupervisorMessage } from './messages.ts';

export type RunningProcess = {
  ports: Record<string, number>;
  applyFaults(active: ActiveFaults): Promise<void>;
  metrics?(): Promise<ProcessMetrics>;
  stop(): Promise<void>;
};

/**
 * Entry point of all child processes of the supervisor. Messages from the supervisor make the process start, apply
 * faults and stop. The process exits when the supervisor ends.
 */
export function runChild<Config>(name: string, start: (config: Config) => Promise<RunningProcess>): void {
  let running: RunningProcess | undefined;
  // Handle messages one after another, so that an older list of active faults never overwrites a newer list.
  let lastMessage = Promise.resolve();
  const link = connectToSupervisor();

  const handle = async (message: SupervisorMessage): Promise<void> => {
    switch (message.type) {
      case 'start':
        try {
          running = await start(message.config as Config);
          link.send({ type: 'ready', ports: running.ports });
        } catch (error) {
          link.send({ type: 'failed', error: errorMessageOf(error) });
        }
        return;
      case 'faults':
        await running?.applyFaults(message.active);
        link.send({ type: 'done', id: message.id });
        return;
      case 'metrics':
        link.send({ type: 'done', id: message.id, metrics: await running?.metrics?.() });
        return;
      case 'stop':
        await running?.stop();
        process.exit(0);
    }
  };
  link.onMessage((message) => {
    lastMessage = lastMessage.then(() => handle(message));
  });
  link.onEnd(() => process.exit(0));
  process.on('uncaughtException', (error) => {
    process.stderr.write(`${name}: ${errorMessageOf(error)}\n`);
    process.exit(1);
  });
}
