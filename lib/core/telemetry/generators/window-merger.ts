import { METRICS } from '../../metrics/index.ts';
import { mean, sum } from '../../numbers/index.ts';
import { Tally } from '../tally.ts';
import type { GeneratorWindow, MetricSeries, TelemetryPeriod, Window } from '../windows.ts';

/** A window closes without the data of a generator that is this many windows behind the most advanced generator. */
export const MAX_WINDOWS_BEHIND = 3;

export interface WindowMergerOptions {
  /** Names of the expected generators. */
  names: readonly string[];
  /** The interval between two exports of a generator. */
  windowMs: number;
  /** Called with each merged window, in order. */
  onWindow: (window: Window) => void;
}

/** How far one generator has got in the merged timeline. */
interface Sender {
  /** Index of the generator's first window in the merged timeline, and the end of that window. */
  first: { index: number; endMs: number } | null;
  /** Index of the generator's most recent window. */
  lastIndex: number;
  ended: boolean;
}

/** A window of the merged timeline that has not closed yet. */
interface Slot {
  tally: Tally;
  generators: Record<string, GeneratorWindow>;
  overflowed: boolean;
}

/**
 * Merges the windows of several generators into one timeline. Each generator exports by its own clock, so each of its
 * windows is added as a whole to the merged window with which it overlaps most. No count is lost or split. A merged
 * window closes when every active generator has either reached that window or is MAX_WINDOWS_BEHIND or more behind.
 * Data that arrives later is added to the next window. Memory is bounded by the tag sets of a few windows, whatever the
 * number of generators.
 */
export class WindowMerger {
  readonly #windowMs: number;
  readonly #onWindow: (window: Window) => void;
  readonly #senders: Map<string, Sender>;
  readonly #slots = new Map<number, Slot>();
  /** End of the first window of any generator. */
  #originMs: number | null = null;
  /** Index of the first window that has not closed. */
  #next = Number.NEGATIVE_INFINITY;

  constructor({ names, windowMs, onWindow }: WindowMergerOptions) {
    this.#windowMs = windowMs;
    this.#onWindow = onWindow;
    this.#senders = new Map(names.map((name) => [name, { first: null, lastIndex: -Infinity, ended: false }]));
  }

  /**
   * Adds a window of a generator. Ignores windows of unknown generators. @returns whether the generator is one of the
   * expected ones
   */
  add(name: string, window: Window): boolean {
    const sender = this.#senders.get(name);
    if (!sender) return false;
    const index = this.#indexOf(sender, window.endMs);
    // At the end of a test, a generator exports once more, possibly within its last window. That export is not late.
    const late = index < this.#next && index !== sender.lastIndex;
    addTo(this.#slotAt(Math.max(index, this.#next)), name, window, late);
    sender.lastIndex = Math.max(sender.lastIndex, index);
    this.#close();
    return true;
  }

  /** Stops waiting for a generator that has ended. */
  markEnded(name: string): void {
    const sender = this.#senders.get(name);
    if (sender) sender.ended = true;
    this.#close();
  }

  /** Closes all windows, because no generator will send more. */
  finish(): void {
    for (const name of this.#senders.keys()) this.markEnded(name);
  }

  /** Uses the ends of windows, because all but the last one end at a tick of the generator's clock. */
  #indexOf(sender: Sender, endMs: number): number {
    this.#originMs ??= endMs;
    sender.first ??= { index: Math.round((endMs - this.#originMs) / this.#windowMs), endMs };
    return sender.first.index + Math.round((endMs - sender.first.endMs) / this.#windowMs);
  }

  #slotAt(index: number): Slot {
    let slot = this.#slots.get(index);
    if (!slot) {
      slot = { tally: new Tally(), generators: {}, overflowed: false };
      this.#slots.set(index, slot);
    }
    return slot;
  }

  #close(): void {
    const senders = [...this.#senders.values()];
    const mostAdvanced = Math.max(...senders.map(({ lastIndex }) => lastIndex));
    const slowest = Math.min(...senders.filter(({ ended }) => !ended).map(({ lastIndex }) => lastIndex));
    const lastToClose = Math.max(slowest, mostAdvanced - MAX_WINDOWS_BEHIND);
    const closing = [...this.#slots.keys()].filter((index) => index <= lastToClose).sort((a, b) => a - b);
    for (const index of closing) {
      this.#onWindow(windowOf(this.#slots.get(index) as Slot));
      this.#slots.delete(index);
      this.#next = index + 1;
    }
  }
}

const isVus = ({ metric }: MetricSeries) => metric === METRICS.vus;

function addTo(slot: Slot, name: string, { startMs, endMs, series, overflowed }: Window, late: boolean): void {
  slot.tally.add(series.filter((candidate) => !isVus(candidate)));
  slot.overflowed ||= overflowed;
  const sumOf = (name: string) => sum(series.map(({ metric, value = 0 }) => (metric === name ? value : 0)));
  const added: GeneratorWindow = {
    startMs,
    endMs,
    requests: sumOf(METRICS.requests),
    iterations: sumOf(METRICS.iterations),
    droppedIterations: sumOf(METRICS.droppedIterations),
    vus: Math.max(0, ...series.filter(isVus).map(({ value = 0 }) => value)),
    overflowed,
    late,
  };
  const existing = slot.generators[name];
  slot.generators[name] = existing ? combined(existing, added) : added;
}

/** Combines two windows of the same generator that belong to the same merged window. */
const combined = (a: GeneratorWindow, b: GeneratorWindow): GeneratorWindow => ({
  ...periodOf([a, b]),
  requests: a.requests + b.requests,
  iterations: a.iterations + b.iterations,
  droppedIterations: a.droppedIterations + b.droppedIterations,
  vus: Math.max(a.vus, b.vus),
  overflowed: a.overflowed || b.overflowed,
  late: a.late || b.late,
});

function periodOf(windows: readonly GeneratorWindow[]): TelemetryPeriod {
  const timely = onTime(windows);
  return {
    startMs: Math.min(...timely.map(({ startMs }) => startMs)),
    endMs: Math.max(...timely.map(({ endMs }) => endMs)),
  };
}

/** Late data does not belong to the period of a window, so its times are ignored unless there is no other data. */
function onTime(windows: readonly GeneratorWindow[]): readonly GeneratorWindow[] {
  const timely = windows.filter(({ late }) => !late);
  return timely.length > 0 ? timely : windows;
}

/**
 * Closes a merged window. The VUs are summed over the generators. The period is the mean of the generators' periods, so
 * that consecutive windows do not overlap.
 */
function windowOf({ tally, generators, overflowed }: Slot): Window {
  const windows = Object.values(generators);
  const timely = onTime(windows);
  const meanOf = (key: keyof TelemetryPeriod) => Math.round(mean(timely.map((window) => window[key])));
  return {
    startMs: meanOf('startMs'),
    endMs: meanOf('endMs'),
    series: [...tally.series(), { metric: METRICS.vus, tags: {}, value: sum(windows.map(({ vus }) => vus)) }],
    overflowed: overflowed || tally.overflowed,
    generators,
  };
}
