import {
  columnValues,
  type Evidence,
  PM2_COLUMNS,
  pointsOf,
  type SamplePoint,
} from '../../evidence/index.ts';
import { mean } from '../../numbers/index.ts';

/** Of the target, as far as PM2 tells; else it is taken for one. */
export const targetProcesses = ({ resources }: Pick<Evidence, 'resources'>): number =>
  Math.max(1, ...columnValues(resources.pm2, PM2_COLUMNS.online));

/** What each process used of a core on average; empty where nobody tells them apart. */
export function cpuSharesOf(
  { resources }: Evidence,
  within: (points: readonly SamplePoint[]) => SamplePoint[],
): number[] {
  const own = Object.keys(resources.pm2?.columns ?? {}).filter((column) =>
    column.endsWith(`.${PM2_COLUMNS.cpuShare}`),
  );
  return own.flatMap((column) => {
    const points = within(pointsOf(resources.pm2, column));
    return points.length > 0 ? [mean(points.map(({ value }) => value))] : [];
  });
}

/** The cores of the target's machine, by the label `cores` of a run; those of this one where it is local. */
export function targetCores({ run }: Evidence): number | null {
  const told = Number(run.labels.cores);
  if (Number.isInteger(told) && told > 0) return told;
  // How many a machine elsewhere has, nobody else has told.
  return run.environment === 'local' ? run.host.cores : null;
}
