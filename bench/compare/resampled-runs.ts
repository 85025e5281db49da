import { assembleResult } from '../../cli/results/assemble.ts';
import { readRunStart, readWindows } from '../../cli/results/run-folder.ts';
import { RunMeasurements } from '../../cli/results/run-measurements.ts';
import { type Excerpt, excerptOf } from '../../lib/core/comparison/index.ts';
import { downscale, type Random } from '../../lib/core/numbers/index.ts';
import type { Window } from '../../lib/core/telemetry/index.ts';

const BLOCK_LENGTH = 3;

/**
 * Simulates runs with a block bootstrap. For each simulated run, picks a random real run and resamples blocks of its
 * windows with replacement, separately for each phase. Simulated runs vary like real runs, both from run to run and
 * from window to window.
 */
export async function resampledRuns(folders: readonly string[], count: number, random: Random): Promise<Excerpt[]> {
  const originals = await Promise.all(
    folders.map(async (folder) => {
      const windows: Window[] = [];
      await readWindows(folder, (window) => windows.push(withCoarseHistograms(window)));
      return { start: await readRunStart(folder), windows };
    }),
  );
  return Array.from({ length: count }, () => {
    const original = originals[Math.floor(random() * originals.length)];
    if (!original) throw new Error('there are no runs to resample');
    const { start, windows } = original;
    const record = new RunMeasurements(start.plan);
    const phases = start.plan.workload.phases.map(({ endMs }) => endMs);
    for (const window of resampleWindows(windows, phases, random)) record.addWindow(window);
    return excerptOf(
      assembleResult({
        start,
        outcome: 'completed',
        outcomeReason: null,
        measurements: record,
        summary: null,
        details: { postgresql: null, redis: null },
        notes: [],
      }),
    );
  });
}

/**
 * Maximum histogram scale, similar to that of the histogram of a whole run. Adding histograms with a finer scale is
 * slow.
 */
const MAX_HISTOGRAM_SCALE = 5;

const withCoarseHistograms = (window: Window): Window => ({
  ...window,
  series: window.series.map(({ histogram, ...series }) =>
    histogram ? { ...series, histogram: downscale(histogram, Math.min(histogram.scale, MAX_HISTOGRAM_SCALE)) } : series,
  ),
});

/** The phase index of windows after the last phase, for which `findIndex` returns -1. */
const AFTER_LAST_PHASE = -1;

/**
 * Returns windows with the same times, in which the series are replaced by those of random windows from the same phase.
 */
function resampleWindows(windows: readonly Window[], phaseEnds: readonly number[], random: Random): Window[] {
  const firstMs = windows[0]?.startMs ?? 0;
  const phaseOf = ({ startMs, endMs }: Window) => phaseEnds.findIndex((end) => (startMs + endMs) / 2 - firstMs < end);
  return [...phaseEnds.keys(), AFTER_LAST_PHASE].flatMap((phase) => {
    const phaseWindows = windows.filter((window) => phaseOf(window) === phase);
    let index = 0;
    return phaseWindows.map(({ startMs, endMs }, i) => {
      index = i % BLOCK_LENGTH === 0 ? Math.floor(random() * phaseWindows.length) : (index + 1) % phaseWindows.length;
      return { ...(phaseWindows[index] as Window), startMs, endMs };
    });
  });
}
