import { columnValues, type Evidence, PM2_COLUMNS, pointsOf, type SamplePoint } from '../../evidence/index.ts';
import { mean } from '../../numbers/index.ts';

/** Returns the number of processes of the target according to PM2, or 1 without PM2. */
export const targetProcesses = ({ resources }: Pick<Evidence, 'resources'>): number =>
  Math.max(1, ...columnValues(resources.pm2, PM2_COLUMNS.online));

/**
 * Returns the average share of a core that each process used. The list is empty if PM2 does not report single
 * processes.
 */
export function cpuSharesOf(
  { resources }: Evidence,
  within: (points: readonly SamplePoint[]) => SamplePoint[],
): number[] {
  const columns = Object.keys(resources.pm2?.columns ?? {}).filter((column) =>
    column.endsWith(`.${PM2_COLUMNS.cpuShare}`),
  );
  return columns.flatMap((column) => {
    const points = within(pointsOf(resources.pm2, column));
    return points.length > 0 ? [mean(points.map(({ value }) => value))] : [];
  });
}

/**
 * CPU cores of the target's machine: from the label `cores`, or of this machine if the target is local. Null if
 * unknown.
 */
export function targetCores({ run }: Evidence): number | null {
  const labeled = Number(run.labels.cores);
  if (Number.isInteger(labeled) && labeled > 0) return labeled;
  return run.environment === 'local' ? run.host.cores : null;
}
