import type { Excerpt } from './excerpt.ts';

type PartName = keyof NonNullable<Excerpt['fingerprint']>;

/** For each part of the fingerprint: its title in messages, and the parts that it depends on. */
const PARTS: readonly { part: PartName; title: string; dependsOn?: readonly PartName[] }[] = [
  { part: 'test', title: 'the test' },
  { part: 'scale', title: 'the scale' },
  {
    part: 'workload',
    title: 'the workload (phases, VUs, mix of endpoints, steps of flows)',
    dependsOn: ['test', 'scale'],
  },
  { part: 'data', title: 'the data' },
  { part: 'k6', title: 'the major version of k6' },
  { part: 'responseTime', title: 'the definition of response time' },
];

/**
 * Lists the reasons why runs cannot be compared, one line each. The list is empty if they can be compared. Runs without
 * a fingerprint are not checked.
 */
export function reasonsNotComparable(reference: readonly Excerpt[], candidate: readonly Excerpt[]): string[] {
  const known = [...reference, ...candidate].filter(({ fingerprint }) => fingerprint !== null);
  const valuesOf = (part: PartName) => [...new Set(known.map(({ fingerprint }) => fingerprint?.[part]))];
  const differs = (part: PartName) => valuesOf(part).length > 1;
  return PARTS.filter(({ part, dependsOn = [] }) => differs(part) && !dependsOn.some(differs)).map(
    ({ part, title }) => {
      const values = valuesOf(part).map((value) => {
        const runs = known.filter(({ fingerprint }) => fingerprint?.[part] === value);
        return `${value} in ${runs.map(({ id }) => id).join(', ')}`;
      });
      return `${title} differs: ${values.join('; ')}`;
    },
  );
}
