import {
  completeRows,
  type Evidence,
  lowerEnvelope,
  MAX_BLOCKS,
  pointsOf,
  SAMPLES_PER_BLOCK,
  samplesBetween,
  TARGET_COLUMNS,
  WARM_UP_SHARE,
} from '../../evidence/index.ts';
import { fitLine, formatBytes, formatPercent, pluralize, slopeInterval } from '../../numbers/index.ts';
import { longestSteadyPeriod, type Period } from './periods.ts';
import {
  certainAbsence,
  type DiagnosisRule,
  directSignal,
  type Signal,
  supportingSignal,
  uncertainAbsence,
} from './rule.ts';

const { heapUsedBytes, externalBytes, residentBytes } = TARGET_COLUMNS;

const MIN_BLOCKS = 4;
const MIN_SAMPLES = SAMPLES_PER_BLOCK * MIN_BLOCKS;
/**
 * Memory growth counts as a leak above both limits. A healthy service may grow by less, because full collections are
 * minutes apart.
 */
const MIN_GROWTH_BYTES = 64 * 1024 ** 2;
const MIN_GROWTH_SHARE = 0.5;
const MINUTE_MS = 60_000;
const MINUTES_PER_HOUR = 60;

type Row = ReturnType<typeof completeRows<typeof heapUsedBytes | typeof externalBytes>>[number];

interface Growth extends Period {
  bytes: number;
  bytesPerMinute: number;
  /** Whether the growth is significantly above 0. */
  significant: boolean;
  /** Memory at the start of the period, in bytes. */
  startBytes: number;
  /**
   * Whether memory in the second half of the period still grows at half the overall rate or more. For a cache that
   * fills, growth levels off.
   */
  continues: boolean;
  largest: 'heap' | 'buffers outside the heap';
}

/** Samples under a steady load, after warm-up. */
function samplesOf(evidence: Evidence): Row[] {
  const steady = longestSteadyPeriod(evidence);
  const fromMs = steady.fromMs + WARM_UP_SHARE * (steady.toMs - steady.fromMs);
  return samplesBetween(completeRows(evidence.resources.target, heapUsedBytes, externalBytes), fromMs, steady.toMs);
}

/** Returns the growth of the lower envelope of heap and external memory, or null with too few samples. */
function growthOf(rows: readonly Row[]): Growth | null {
  if (rows.length < MIN_SAMPLES) return null;
  const size = (row: Row) => row[heapUsedBytes] + row[externalBytes];
  const blocks = Math.min(MAX_BLOCKS, Math.floor(rows.length / SAMPLES_PER_BLOCK));
  const envelope = lowerEnvelope(rows, blocks, size);
  const xs = envelope.map(({ atMs }) => atMs);
  const ys = envelope.map(size);
  const { slope, intercept } = fitLine(xs, ys);
  const fromMs = rows[0]?.atMs ?? 0;
  const toMs = rows.at(-1)?.atMs ?? 0;
  const half = Math.floor(blocks / 2);
  const columnSlope = (column: typeof heapUsedBytes | typeof externalBytes) =>
    fitLine(
      xs,
      envelope.map((row) => row[column]),
    ).slope;
  return {
    fromMs,
    toMs,
    bytes: slope * (toMs - fromMs),
    bytesPerMinute: slope * MINUTE_MS,
    significant: slopeInterval(xs, ys).low > 0,
    startBytes: intercept + slope * fromMs,
    continues: fitLine(xs.slice(half), ys.slice(half)).slope >= slope / 2,
    largest: columnSlope(heapUsedBytes) >= columnSlope(externalBytes) ? 'heap' : 'buffers outside the heap',
  };
}

export const memoryLeak: DiagnosisRule = {
  cause: 'memory-leak',
  title: 'Memory leak',
  alternatives: ['connection-leak', 'process-crash'],

  suspect(evidence) {
    const growth = growthOf(samplesOf(evidence));
    if (!growth?.significant) return null;
    if (growth.bytes < Math.max(MIN_GROWTH_BYTES, MIN_GROWTH_SHARE * growth.startBytes)) return null;
    const { fromMs, toMs, bytes, startBytes, bytesPerMinute, largest } = growth;
    return {
      signals: [
        directSignal(
          growth,
          `under a steady load after warm-up, heap and external memory after garbage collection grew by ${formatBytes(bytes)} from ${formatBytes(startBytes)}: ${formatBytes(bytesPerMinute)} per minute, mostly ${largest}`,
        ),
        growth.continues && supportingSignal({ fromMs: (fromMs + toMs) / 2, toMs }, 'the growth did not level off'),
        residentGrowthSignal(evidence, growth),
      ],
      recommendation: `Take two heap snapshots a few minutes apart under this load and compare the retained objects${largest === 'heap' ? '' : ', buffers and typed arrays first'}: look for maps, listeners, queues and caches without a limit. Until the leak is fixed, restart the process regularly, because its memory grows by ${formatBytes(bytesPerMinute * MINUTES_PER_HOUR)} per hour.`,
      effect: { criterionKinds: ['memory-growth', 'memory-slope'] },
    };
  },

  absence(evidence) {
    const rows = samplesOf(evidence);
    const growth = growthOf(rows);
    if (!growth)
      return uncertainAbsence(
        `a memory leak: only ${pluralize(rows.length, 'sample')} under a steady load after warm-up, but ${MIN_SAMPLES} are required`,
      );
    const share = growth.startBytes > 0 ? ` (${formatPercent(Math.abs(growth.bytes) / growth.startBytes)})` : '';
    return certainAbsence(
      `heap and external memory ${growth.bytes < 0 ? 'shrank' : 'grew'} by ${formatBytes(Math.abs(growth.bytes))}${share} after warm-up`,
    );
  },
};

function residentGrowthSignal(evidence: Evidence, { fromMs, toMs, bytes }: Growth): Signal | null {
  const points = samplesBetween(pointsOf(evidence.resources.target, residentBytes), fromMs, toMs);
  const grown = (points.at(-1)?.value ?? 0) - (points[0]?.value ?? 0);
  return grown < bytes / 2 ? null : supportingSignal({ fromMs, toMs }, `resident memory grew by ${formatBytes(grown)}`);
}
