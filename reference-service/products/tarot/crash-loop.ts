import { type FaultSwitch, ValueSwitch } from '../../faults/switchboard.ts';

/** Ends the process after so many requests. Whoever starts it again is told of the fault again. */
export function crashLoop(): { fault: FaultSwitch; onRequest: () => Promise<void> } {
  const left = new ValueSwitch(Number.POSITIVE_INFINITY);
  return {
    fault: left,
    onRequest: async () => {
      left.value -= 1;
      // Out of the request, whose error Fastify would answer.
      if (left.value === 0)
        setImmediate(() => {
          throw new Error('crash-loop fault');
        });
    },
  };
}
