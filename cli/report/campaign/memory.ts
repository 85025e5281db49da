import type { Tested } from '../../../lib/core/across-runs/index.ts';
import {
  type JudgedCriterion,
  PM2_COLUMNS,
  PROCESS_COLUMNS,
  type ProbeName,
  type Samples,
  TARGET_COLUMNS,
} from '../../../lib/core/evidence/index.ts';
import { formatValue } from '../../../lib/core/numbers/index.ts';
import type { Block, Cell, Section } from '../document.ts';
import { formatInterval, formatLimit } from '../format.ts';
import { absent, right, table } from '../run/blocks.ts';
import { probeTitle } from '../run/topics.ts';
import { STATUSES } from '../words.ts';
import { type Ran, ranOf } from './tested.ts';

const MEMORY: { probe: ProbeName; what: string; column: string }[] = [
  { probe: 'target', what: 'resident memory', column: TARGET_COLUMNS.residentBytes },
  { probe: 'target', what: 'heap', column: TARGET_COLUMNS.heapUsedBytes },
  { probe: 'target', what: 'external memory', column: TARGET_COLUMNS.externalBytes },
  { probe: 'process', what: 'resident memory', column: PROCESS_COLUMNS.residentBytes },
  { probe: 'pm2', what: 'resident memory', column: PM2_COLUMNS.residentBytes },
];

/** Memory from before the load of each test until after it. */
export function memorySection(tests: readonly Tested[]): Section {
  const ran = ranOf(tests);
  const tables = MEMORY.flatMap(({ probe, what, column }) => {
    const rows = ran.flatMap(({ test, result }) => memoryRow(test, result.resources[probe], column));
    if (rows.length === 0) return [];
    const columns = ['Test', ...right('Start', 'Peak', 'End', 'Growth')];
    return [table(`${probeTitle(probe)}: ${what}`, columns, rows)];
  });
  return {
    id: 'memory',
    title: 'Memory over all tests',
    blocks:
      tables.length === 0
        ? [
            absent(
              'Nobody took samples of the memory of the target: it offers no metrics, and no process was named.',
            ),
          ]
        : [...tables, growthCriteria(ran)],
  };
}

function memoryRow(test: string, samples: Samples | undefined, column: string): Cell[][] {
  const values = (samples?.columns[column] ?? []).filter((value) => value !== null);
  const [start] = values;
  const end = values.at(-1);
  if (start === undefined || end === undefined) return [];
  return [
    [test, ...[start, Math.max(...values), end, end - start].map((bytes) => formatValue(bytes, 'bytes'))],
  ];
}

const ABOUT_MEMORY = new Set<JudgedCriterion['kind']>(['memory-growth', 'memory-slope']);

/** End minus start says little of a leak: what does is judged over time, with an interval. */
function growthCriteria(ran: readonly Ran[]): Block {
  const rows = ran.flatMap(({ test, result }) =>
    result.criteria
      .filter(({ kind }) => ABOUT_MEMORY.has(kind))
      .map((criterion): Cell[] => [
        test,
        STATUSES[criterion.status],
        criterion.title,
        formatValue(criterion.value, criterion.unit),
        formatLimit(criterion),
        formatInterval(criterion),
      ]),
  );
  return rows.length === 0
    ? absent('No test has a criterion on the growth of memory: whether it leaks is not judged.')
    : table(
        'Growth as judged',
        ['Test', 'Status', 'Criterion', ...right('Value', 'Limit', 'Interval')],
        rows,
      );
}
