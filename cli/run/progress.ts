import type { Workload } from '../../lib/core/definition/index.ts';
import { METRICS } from '../../lib/core/metrics/index.ts';
import {
  emptyHistogram,
  formatDuration,
  formatMs,
  formatNumber,
  formatShare,
  mergeHistograms,
  quantile,
} from '../../lib/core/numbers/index.ts';
import type { MetricSeries, Window } from '../../lib/core/telemetry/index.ts';
import type { Terminal } from '../support/terminal.ts';

export interface Progress extends Disposable {
  window(window: Window): void;
  /** Prints a line above the progress display. */
  note(text: string): void;
}

const TERMINAL_INTERVAL_MS = 500;
const PLAIN_INTERVAL_MS = 10_000;

/**
 * Shows the progress of a run and the figures of the latest window. On a terminal, one line is rewritten in place.
 * Other output gets a new line every ten seconds.
 */
export function showProgress({ phases, durationMs }: Workload, terminal: Terminal): Progress {
  let startedAt = Date.now();
  let figures: string | null = null;

  const line = () => {
    const elapsed = Date.now() - startedAt;
    const phase = phases.find(({ endMs }) => elapsed < endMs)?.name ?? 'ending';
    const remaining = Math.max(0, durationMs - elapsed);
    return `${phase}  ${formatDuration(elapsed)} of ${formatDuration(durationMs)}, ${formatDuration(remaining)} left  ${figures ?? 'waiting for the first figures'}`;
  };
  const show = () => terminal.status(line());
  const timer = setInterval(show, terminal.live ? TERMINAL_INTERVAL_MS : PLAIN_INTERVAL_MS);

  return {
    window(window) {
      // Begin to count the time only when the first window arrives, because the generators must initialize before the
      // load.
      if (figures === null) startedAt = Date.now() - (window.endMs - window.startMs);
      figures = figuresOf(window);
    },
    note(text) {
      terminal.line(text);
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      terminal.clearStatus();
    },
  };
}

function figuresOf({ series, startMs, endMs }: Window): string {
  const seriesOf = (metric: string) => series.filter((candidate) => candidate.metric === metric);
  const sum = (list: readonly MetricSeries[]) => list.reduce((total, { value = 0 }) => total + value, 0);
  const requests = sum(seriesOf(METRICS.requests));
  const errors = sum(seriesOf(METRICS.unexpectedResponses));
  const vus = Math.max(0, ...seriesOf(METRICS.vus).map(({ value = 0 }) => value));
  const durations = seriesOf(METRICS.responseTime).reduce(
    (merged, { histogram }) => (histogram ? mergeHistograms(merged, histogram) : merged),
    emptyHistogram(),
  );
  const p95 = durations.count === 0 ? '–' : formatMs(quantile(durations, 0.95));
  const share = formatShare(errors, requests);
  return `${vus} VUs  ${formatNumber(requests / ((endMs - startMs) / 1000))} req/s  p95 ${p95}  errors ${share}`;
}
