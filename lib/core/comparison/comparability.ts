import type { Excerpt } from './excerpt.ts';

type PartName = keyof NonNullable<Excerpt['fingerprint']>;

/** How the parts of a fingerprint are told to a person, and of which others a part is made. */
const PARTS: readonly { part: PartName; title: string; madeOf?: readonly PartName[] }[] = [
  { part: 'test', title: 'the test' },
  { part: 'scale', title: 'the scale' },
  {
    part: 'workload',
    title: 'the workload (phases, VUs, mix of endpoints, steps of flows)',
    madeOf: ['test', 'scale'],
  },
  { part: 'data', title: 'the data' },
  { part: 'k6', title: 'the major version of k6' },
];

/** Why runs cannot be compared, a line a reason; none where they can, or where one of them does not say what it is of. */
export function reasonsNotComparable(reference: readonly Excerpt[], candidate: readonly Excerpt[]): string[] {
  const known = [...reference, ...candidate].filter(({ fingerprint }) => fingerprint !== null);
  const valuesOf = (part: PartName) => [...new Set(known.map(({ fingerprint }) => fingerprint?.[part]))];
  const differs = (part: PartName) => valuesOf(part).length > 1;
  return PARTS.filter(({ part, madeOf = [] }) => differs(part) && !madeOf.some(differs)).map(
    ({ part, title }) => {
      const told = valuesOf(part).map((value) => {
        const runs = known.filter(({ fingerprint }) => fingerprint?.[part] === value);
        return `${value} in ${runs.map(({ id }) => id).join(', ')}`;
      });
      return `${title} differs: ${told.join('; ')}`;
    },
  );
}
