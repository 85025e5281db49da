import { assembleResult } from '../../cli/results/assemble.ts';
import { readRunStart, readWindows } from '../../cli/results/run-folder.ts';
import { RunMeasurements } from '../../cli/results/run-measurements.ts';
import { type Excerpt, excerptOf } from '../../lib/core/comparison/index.ts';
import { downscale, type Random } from '../../lib/core/numbers/index.ts';
import type { Window } from '../../lib/core/telemetry/index.ts';

const BLOCK_LENGTH = 3;

/**
 * Runs by block bootstrap: each is a random real run whose windows are drawn again with replacement, in blocks and
 * within their phase. So the runs have the variation between real runs and the variation within a run.
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

/** About the scale that a histogram of a whole run ends up with; adding up finer ones takes long. */
const MAX_HISTOGRAM_SCALE = 5;

const withCoarseHistograms = (window: Window): Window => ({
  ...window,
  series: window.series.map(({ histogram, ...series }) =>
    histogram ? { ...series, histogram: downscale(histogram, Math.min(histogram.scale, MAX_HISTOGRAM_SCALE)) } : series,
  ),
});

/** What `findIndex` says of windows that close when the last phase is over. */
const AFTER_LAST_PHASE = -1;

/** Windows of the same times, with what was seen in others of their phase. */
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
