import { type FaultSwitch, ValueSwitch } from '../../faults/switchboard.ts';

/**
 * Creates the fault `crash-loop`, which crashes the process after a number of requests. Each new process crashes as
 * well, because the supervisor applies the fault again.
 */
export function crashLoop(): { fault: FaultSwitch; onRequest: () => Promise<void> } {
  const remainingRequests = new ValueSwitch(Number.POSITIVE_INFINITY);
  return {
    fault: remainingRequests,
    onRequest: async () => {
      remainingRequests.value -= 1;
      // Throw the error outside the request handler, because Fastify would turn the error into a response.
      if (remainingRequests.value === 0)
        setImmediate(() => {
          throw new Error('crash-loop fault');
        });
    },
  };
}
