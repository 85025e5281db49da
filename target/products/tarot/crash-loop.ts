import type { FaultSwitch } from '../../faults/switchboard.ts';

/** Ends the process after so many requests. Whoever starts it again is told of the fault again. */
export function crashLoop(): { fault: FaultSwitch; onRequest: () => Promise<void> } {
  let left = Number.POSITIVE_INFINITY;
  return {
    fault: {
      apply: (requests) => {
        left = requests;
      },
      lift: () => {
        left = Number.POSITIVE_INFINITY;
      },
    },
    onRequest: async () => {
      left -= 1;
      // Out of the request, whose error Fastify would answer.
      if (left === 0)
        setImmediate(() => {
          throw new Error('crash-loop fault');
        });
    },
  };
}
