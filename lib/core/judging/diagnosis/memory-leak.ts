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
import { fitLine, formatBytes, formatPercent, slopeInterval } from '../../numbers/index.ts';
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

const FEWEST_BLOCKS = 4;
const FEWEST_SAMPLES = SAMPLES_PER_BLOCK * FEWEST_BLOCKS;
/** Less than both of these, a healthy service grows as well: minutes pass between two full collections. */
const WORTH_TELLING_BYTES = 64 * 1024 ** 2;
const WORTH_TELLING_SHARE = 0.5;
const MINUTE_MS = 60_000;
const MINUTES_AN_HOUR = 60;

type Row = ReturnType<typeof completeRows<typeof heapUsedBytes | typeof externalBytes>>[number];

interface Growth extends Period {
  bytes: number;
  bytesPerMinute: number;
  /** Surely more than nothing. */
  significant: boolean;
  /** What it was at the beginning. */
  level: number;
  /** Of the second half of the time, in relation to all of it: a cache that fills levels off. */
  goesOn: boolean;
  largest: 'heap' | 'buffers outside the heap';
}

/** Samples of a load that stays the same, after warm-up. */
function samplesOf(evidence: Evidence): Row[] {
  const steady = longestSteadyPeriod(evidence);
  const fromMs = steady.fromMs + WARM_UP_SHARE * (steady.toMs - steady.fromMs);
  return samplesBetween(
    completeRows(evidence.resources.target, heapUsedBytes, externalBytes),
    fromMs,
    steady.toMs,
  );
}

/** Growth of heap and external memory by their lower envelope; null of too few samples. */
function growthOf(rows: readonly Row[]): Growth | null {
  if (rows.length < FEWEST_SAMPLES) return null;
  const size = (row: Row) => row[heapUsedBytes] + row[externalBytes];
  const blocks = Math.min(MAX_BLOCKS, Math.floor(rows.length / SAMPLES_PER_BLOCK));
  const envelope = lowerEnvelope(rows, blocks, size);
  const xs = envelope.map(({ atMs }) => atMs);
  const ys = envelope.map(size);
  const { slope, intercept } = fitLine(xs, ys);
  const fromMs = rows[0]?.atMs ?? 0;
  const toMs = rows.at(-1)?.atMs ?? 0;
  const half = Math.floor(blocks / 2);
  const grown = (column: typeof heapUsedBytes | typeof externalBytes) =>
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
    level: intercept + slope * fromMs,
    goesOn: fitLine(xs.slice(half), ys.slice(half)).slope >= slope / 2,
    largest: grown(heapUsedBytes) >= grown(externalBytes) ? 'heap' : 'buffers outside the heap',
  };
}

export const memoryLeak: DiagnosisRule = {
  cause: 'memory-leak',
  title: 'Memory leak',
  alternatives: ['connection-leak', 'process-crash'],

  suspect(evidence) {
    const growth = growthOf(samplesOf(evidence));
    if (!growth?.significant) return null;
    if (growth.bytes < Math.max(WORTH_TELLING_BYTES, WORTH_TELLING_SHARE * growth.level)) return null;
    const { fromMs, toMs, bytes, level, bytesPerMinute, largest } = growth;
    return {
      signals: [
        directSignal(
          growth,
          `heap and external memory that collections leave grew by ${formatBytes(bytes)} from ${formatBytes(level)} under a load that stayed the same, after warm-up: ${formatBytes(bytesPerMinute)} a minute, most of it ${largest}`,
        ),
        growth.goesOn &&
          supportingSignal({ fromMs: (fromMs + toMs) / 2, toMs }, 'the growth did not level off'),
        residentToo(evidence, growth),
      ],
      recommendation: `Take two heap snapshots some minutes apart under this load and compare what is retained${largest === 'heap' ? '' : ', buffers and typed arrays first'}: look for maps, listeners, queues and caches without a limit. Until then the process has to be restarted in time: it grows by ${formatBytes(bytesPerMinute * MINUTES_AN_HOUR)} an hour.`,
      effect: { criterionKinds: ['memory-growth', 'memory-slope'] },
    };
  },

  absence(evidence) {
    const rows = samplesOf(evidence);
    const growth = growthOf(rows);
    if (!growth)
      return uncertainAbsence(
        `a memory leak: too short to tell, with ${rows.length} of the ${FEWEST_SAMPLES} samples under a steady load after warm-up that it takes`,
      );
    const share = growth.level > 0 ? ` (${formatPercent(Math.abs(growth.bytes) / growth.level)})` : '';
    return certainAbsence(
      `heap and external memory ${growth.bytes < 0 ? 'shrank' : 'grew'} by ${formatBytes(Math.abs(growth.bytes))}${share} after warm-up`,
    );
  },
};

function residentToo(evidence: Evidence, { fromMs, toMs, bytes }: Growth): Signal | null {
  const points = samplesBetween(pointsOf(evidence.resources.target, residentBytes), fromMs, toMs);
  const grown = (points.at(-1)?.value ?? 0) - (points[0]?.value ?? 0);
  return grown < bytes / 2
    ? null
    : supportingSignal({ fromMs, toMs }, `resident memory grew by ${formatBytes(grown)}`);
}
