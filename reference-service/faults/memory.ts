import type { FaultSwitch } from './switchboard.ts';

const MB = 1024 * 1024;
const TICKS_PER_MINUTE = 120;

/** Leaks memory by retaining what `allocate(bytes)` returns. The value of the fault is in MB per minute. */
function leak(allocate: (bytes: number) => unknown): FaultSwitch {
  const retained: unknown[] = [];
  let timer: NodeJS.Timeout | undefined;
  return {
    apply(megabytesPerMinute) {
      clearInterval(timer);
      const bytes = (megabytesPerMinute * MB) / TICKS_PER_MINUTE;
      timer = setInterval(() => retained.push(allocate(bytes)), 60_000 / TICKS_PER_MINUTE);
    },
    lift() {
      clearInterval(timer);
      retained.length = 0;
    },
  };
}

/** Fills the JavaScript heap. An array of doubles needs 8 bytes per element. */
export const heapLeakSwitch = (): FaultSwitch =>
  leak((bytes) => Array.from({ length: Math.ceil(bytes / 8) }, (_, i) => i + 0.5));

/**
 * Fills memory outside the JavaScript heap. Writes to the buffers, because pages without data would not count as
 * resident memory.
 */
export const bufferLeakSwitch = (): FaultSwitch => leak((bytes) => Buffer.alloc(Math.ceil(bytes), 1));
