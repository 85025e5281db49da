import { METRICS } from '../../metrics/index.ts';
import { mean, sum } from '../../numbers/index.ts';
import { Tally } from '../tally.ts';
import type { GeneratorWindow, MetricSeries, TelemetryPeriod, Window } from '../windows.ts';

/** So many windows may a generator be behind the foremost one before the others go on without it. */
export const MAX_WINDOWS_BEHIND = 3;

export interface WindowMergerOptions {
  /** The generators that there are to be. */
  names: readonly string[];
  /** How often each of them exports. */
  windowMs: number;
  /** Takes the merged windows, in their order. */
  onWindow: (window: Window) => void;
}

/** What is known of one that sends. */
interface Sender {
  /** Where its first window lies among those of all, and when that one ended. */
  first: { index: number; endMs: number } | null;
  /** Its last window. */
  reached: number;
  ended: boolean;
}

/** Windows of several generators that belong together, added up as they come. */
interface Slot {
  tally: Tally;
  shares: Record<string, GeneratorWindow>;
  overflowed: boolean;
}

/**
 * Makes one timeline of the windows of several generators. Each exports by a clock of its own: a window goes, whole,
 * to the one among those of all that it overlaps most, so that no count is lost or split. A window closes when
 * everyone who still sends has come to it, or is too far behind; what comes after that goes to the next one. What is
 * kept is bounded by the sets of tags of a few windows, whatever the number of generators.
 */
export class WindowMerger {
  readonly #windowMs: number;
  readonly #onWindow: (window: Window) => void;
  readonly #senders: Map<string, Sender>;
  readonly #slots = new Map<number, Slot>();
  /** When the first window of all ended. */
  #originMs: number | null = null;
  /** The first window that has not closed. */
  #next = Number.NEGATIVE_INFINITY;

  constructor({ names, windowMs, onWindow }: WindowMergerOptions) {
    this.#windowMs = windowMs;
    this.#onWindow = onWindow;
    this.#senders = new Map(names.map((name) => [name, { first: null, reached: -Infinity, ended: false }]));
  }

  /** @returns false where nobody of this name was expected: then it is left out */
  add(name: string, window: Window): boolean {
    const sender = this.#senders.get(name);
    if (!sender) return false;
    const index = this.#indexOf(sender, window.endMs);
    // What is left when its test ends may fall into a window that it has sent already: that is not late.
    const late = index < this.#next && index !== sender.reached;
    addTo(this.#slotAt(Math.max(index, this.#next)), name, window, late);
    sender.reached = Math.max(sender.reached, index);
    this.#close();
    return true;
  }

  /** Nothing more is to be waited for from this one. */
  markEnded(name: string): void {
    const sender = this.#senders.get(name);
    if (sender) sender.ended = true;
    this.#close();
  }

  /** Nothing more is to come from anyone. */
  finish(): void {
    for (const name of this.#senders.keys()) this.markEnded(name);
  }

  /** By the ends of windows, which are its ticks: a first window may begin, and only the last one may end, between them. */
  #indexOf(sender: Sender, endMs: number): number {
    this.#originMs ??= endMs;
    sender.first ??= { index: Math.round((endMs - this.#originMs) / this.#windowMs), endMs };
    return sender.first.index + Math.round((endMs - sender.first.endMs) / this.#windowMs);
  }

  #slotAt(index: number): Slot {
    let slot = this.#slots.get(index);
    if (!slot) {
      slot = { tally: new Tally(), shares: {}, overflowed: false };
      this.#slots.set(index, slot);
    }
    return slot;
  }

  #close(): void {
    const senders = [...this.#senders.values()];
    const foremost = Math.max(...senders.map(({ reached }) => reached));
    const slowest = Math.min(...senders.filter(({ ended }) => !ended).map(({ reached }) => reached));
    const upTo = Math.max(slowest, foremost - MAX_WINDOWS_BEHIND);
    const closing = [...this.#slots.keys()].filter((index) => index <= upTo).sort((a, b) => a - b);
    for (const index of closing) {
      this.#onWindow(windowOf(this.#slots.get(index) as Slot));
      this.#slots.delete(index);
      this.#next = index + 1;
    }
  }
}

const isVus = ({ metric }: MetricSeries) => metric === METRICS.vus;

function addTo(
  slot: Slot,
  name: string,
  { startMs, endMs, series, overflowed }: Window,
  late: boolean,
): void {
  slot.tally.add(series.filter((one) => !isVus(one)));
  slot.overflowed ||= overflowed;
  const sumOf = (metric: string) => sum(series.map((one) => (one.metric === metric ? (one.value ?? 0) : 0)));
  const share: GeneratorWindow = {
    startMs,
    endMs,
    requests: sumOf(METRICS.requests),
    iterations: sumOf(METRICS.iterations),
    droppedIterations: sumOf(METRICS.droppedIterations),
    vus: Math.max(0, ...series.filter(isVus).map(({ value = 0 }) => value)),
    overflowed,
    late,
  };
  const known = slot.shares[name];
  slot.shares[name] = known ? both(known, share) : share;
}

/** Two windows of the same generator, as one. */
const both = (one: GeneratorWindow, other: GeneratorWindow): GeneratorWindow => ({
  ...spanOf([one, other]),
  requests: one.requests + other.requests,
  iterations: one.iterations + other.iterations,
  droppedIterations: one.droppedIterations + other.droppedIterations,
  vus: Math.max(one.vus, other.vus),
  overflowed: one.overflowed || other.overflowed,
  late: one.late || other.late,
});

function spanOf(shares: readonly GeneratorWindow[]): TelemetryPeriod {
  const counted = inTime(shares);
  return {
    startMs: Math.min(...counted.map(({ startMs }) => startMs)),
    endMs: Math.max(...counted.map(({ endMs }) => endMs)),
  };
}

/** What came late tells nothing of when a window was, unless there is nothing else. */
function inTime(shares: readonly GeneratorWindow[]): readonly GeneratorWindow[] {
  const some = shares.filter(({ late }) => !late);
  return some.length > 0 ? some : shares;
}

/** VUs of different generators are different VUs. Its span is the mean of theirs, so that windows follow one another. */
function windowOf({ tally, shares, overflowed }: Slot): Window {
  const all = Object.values(shares);
  const counted = inTime(all);
  const middle = (key: keyof TelemetryPeriod) => Math.round(mean(counted.map((share) => share[key])));
  return {
    startMs: middle('startMs'),
    endMs: middle('endMs'),
    series: [...tally.series(), { metric: METRICS.vus, tags: {}, value: sum(all.map(({ vus }) => vus)) }],
    overflowed: overflowed || tally.overflowed,
    generators: shares,
  };
}
