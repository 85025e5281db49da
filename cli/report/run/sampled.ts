import type { Result, Samples } from '../../../lib/core/evidence/index.ts';
import { formatValue } from '../../../lib/core/numbers/index.ts';
import type { Block } from '../document.ts';
import { capitalised, formatRange } from '../format.ts';
import { right, table, timeChart } from './blocks.ts';
import { evenLength, indexesIn, stretchesOf } from './stretches.ts';
import type { Topic } from './topics.ts';

const ROWS = 10;

/** Charts and a table of one topic; nothing where the samples have nothing of it. @param id prefix of its charts */
export function topicBlocks(id: string, topic: Topic, samples: Samples, { run }: Result): Block[] {
  const { atMs } = samples;
  const known = topic.figures
    .map((figure) => ({ ...figure, values: atMs.map((_, i) => figure.of(samples, [i])) }))
    .filter(({ values }) => values.some((value) => value !== null));
  if (known.length === 0) return [];
  return [
    ...[...Map.groupBy(known, ({ unit }) => unit)].map(([unit, figures]) =>
      timeChart(run, {
        id: `${id}-${topic.id}-${unit}`,
        title: capitalised(figures.map(({ name }) => name).join(', ')),
        unit,
        atMs,
        series: figures.map(({ name, values }) => ({ name, values })),
      }),
    ),
    table(
      topic.title,
      ['Time', ...right(...known.map(({ name }) => capitalised(name)))],
      intervals(atMs, run).map(({ label, indexes }) => [
        label,
        ...known.map(({ of, unit }) => formatValue(of(samples, indexes), unit)),
      ]),
    ),
  ];
}

/** Before the load, even intervals of it, and after it: whether what the load took comes back is seen there. */
function intervals(
  atMs: readonly number[],
  { durationMs }: { durationMs: number },
): { label: string; indexes: number[] }[] {
  const places = [...atMs.keys()];
  const at = (i: number) => atMs[i] as number;
  const during = places.filter((i) => at(i) >= 0 && at(i) <= durationMs);
  const gaps = during.slice(1).map((i) => at(i) - at(i - 1));
  const stretches = stretchesOf(durationMs, evenLength(durationMs, ROWS, Math.max(0, ...gaps)));
  const members = indexesIn(stretches, during.map(at));
  return [
    { label: 'before', indexes: places.filter((i) => at(i) < 0) },
    ...stretches.map(({ fromMs, toMs }, i) => ({
      label: formatRange(fromMs, toMs),
      indexes: (members[i] ?? []).flatMap((place) => during[place] ?? []),
    })),
    { label: 'after', indexes: places.filter((i) => at(i) > durationMs) },
  ].filter(({ indexes }) => indexes.length > 0);
}
