import type { EndpointFigures, PhaseFigures, Result } from '../../../lib/core/evidence/index.ts';
import { formatCount, formatMs } from '../../../lib/core/numbers/index.ts';
import type { Block, Cell, Section } from '../document.ts';
import { absent, list, right, stats, table, text } from './blocks.ts';

/** An operation that is slower than this by itself, with nobody beside it, will not be quick under load. */
const LIMITS = [
  { stat: 'p95', words: 'p95', limitMs: 200 },
  { stat: 'mean', words: 'mean', limitMs: 100 },
] as const;

/** What each operation of a sequential workload takes by itself, and which of them take too long. */
export function benchmarkSection({ run, phases }: Result): Section | null {
  if (run.workload.kind !== 'sequential') return null;
  const operations = phases.flatMap((phase) => operationOf(phase) ?? []);
  return {
    id: 'benchmark',
    title: 'Benchmark by operation',
    blocks:
      operations.length === 0
        ? [absent('No operation was sampled.')]
        : [
            table(
              'Duration of each operation, one after the other',
              ['Operation', 'Endpoint', ...right(...FIGURES), 'Finding'],
              operations.map(operationRow),
            ),
            ...findings(operations),
          ],
  };
}

const FIGURES = ['Samples', 'Min', 'Max', 'Mean', 'Median', 'p95', 'p99', 'Errors'];

interface Operation {
  name: string;
  figures: EndpointFigures;
  /** In what it is too slow. */
  issues: string[];
}

/** The endpoint that a phase is about is the one that it asks most: signing in before it is done once. */
function operationOf({ name, endpoints }: PhaseFigures): Operation | null {
  const [figures] = endpoints
    .filter(({ requests }) => requests > 0)
    .sort((one, other) => other.requests - one.requests);
  if (!figures) return null;
  const issues = LIMITS.flatMap(({ stat, words, limitMs }) =>
    figures.durationMs[stat] > limitMs
      ? [`${words} ${formatMs(figures.durationMs[stat])} > ${formatMs(limitMs)}`]
      : [],
  );
  return { name, figures, issues };
}

function operationRow({ name, figures, issues }: Operation): Cell[] {
  return [
    name,
    figures.name,
    formatCount(figures.requests),
    ...stats(figures.durationMs, 'min', 'max', 'mean', 'p50', 'p95', 'p99'),
    formatCount(figures.errors),
    issues.length === 0 ? { text: 'ok', tone: 'good' } : { text: issues.join(', '), tone: 'bad' },
  ];
}

function findings(operations: readonly Operation[]): Block[] {
  const rule = `An operation is too slow with ${LIMITS.map(({ words, limitMs }) => `a ${words} above ${formatMs(limitMs)}`).join(' or ')}.`;
  const slow = operations.filter(({ issues }) => issues.length > 0);
  if (slow.length === 0) return [text(`${rule} None is.`)];
  return [text(`${rule} These are:`), list(slow.map(({ name, issues }) => `${name}: ${issues.join(', ')}`))];
}
