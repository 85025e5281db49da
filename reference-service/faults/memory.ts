import type { FaultSwitch } from './switchboard.ts';

const MB = 1024 * 1024;
const TICKS_PER_MINUTE = 120;

/**
 * Creates a fault that leaks memory: it regularly calls `allocate(bytes)` and keeps the returned objects. The value of
 * the fault is in MB per minute.
 */
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

/** Creates a fault that fills the JavaScript heap with arrays of numbers. Each element needs 8 bytes. */
export const heapLeakSwitch = (): FaultSwitch =>
  leak((bytes) => Array.from({ length: Math.ceil(bytes / 8) }, (_, i) => i + 0.5));

/**
 * Creates a fault that fills memory outside the JavaScript heap. Fills the buffers with data, because the operating
 * system does not count unused pages as resident memory.
 */
export const bufferLeakSwitch = (): FaultSwitch => leak((bytes) => Buffer.alloc(Math.ceil(bytes), 1));
