import { type FaultSwitch, ValueSwitch } from '../../faults/switchboard.ts';

/** Crashes the process after a number of requests. The supervisor applies the fault to each new process again. */
export function crashLoop(): { fault: FaultSwitch; onRequest: () => Promise<void> } {
  const remainingRequests = new ValueSwitch(Number.POSITIVE_INFINITY);
  return {
    fault: remainingRequests,
    onRequest: async () => {
      remainingRequests.value -= 1;
      // Thrown outside the request, because Fastify would turn it into a response.
      if (remainingRequests.value === 0)
        setImmediate(() => {
          throw new Error('crash-loop fault');
        });
    },
  };
}
