import { html, type Markup } from '../markup.ts';
import type { SeriesStyle } from './series.ts';

/** A place on an edge of a plot: a share of its width or height, and what is written there. */
export interface AxisMark {
  at: number;
  label: string;
  /** Left out where there is little room. */
  minor?: boolean;
}

interface Plot {
  /** What there is to see, for those who do not see it. */
  label: string;
  x: AxisMark[];
  y: AxisMark[];
  /** Behind the grid, placed by percentages. */
  behind?: Markup | null;
  /** Paths in a square of {@link SIZE}, which is stretched to the plot. */
  paths: Markup[];
  /** Before the paths, placed by percentages. */
  inFront?: Markup | null;
}

/** Lengths within the square that paths are drawn in. */
const SIZE = 1000;

/** Charts and sections have ids of their own, which may be the same. */
export const figureId = ({ id }: { id: string }): string => `chart-${id}`;

const HEIGHT = 220;

/** A share of the width or height, as SVG takes it. */
export const svgPercent = (share: number): string => `${Number((share * 100).toFixed(3))}%`;

/**
 * A plot that is as wide as there is room, with letters and lines that keep their size: everything but the paths is
 * placed by percentages, and the paths are stretched without their strokes. Labels stand outside of its box.
 */
export function plot({ label, x, y, behind = null, paths, inFront: before = null }: Plot): Markup {
  return html`<div class="plot"><svg role="img" aria-label="${label}" width="100%" height="${HEIGHT}">
${behind}
<g class="grid">${y.map(({ at }) => html`<line x2="100%" y1="${svgPercent(1 - at)}" y2="${svgPercent(1 - at)}"/>`)}</g>
<g class="y">${y.map((mark) => html`<text x="-8" y="${svgPercent(1 - mark.at)}" dy="0.32em">${mark.label}</text>`)}</g>
<g class="x">${x.map(
    (mark) =>
      html`<text${mark.minor ? html` class="minor"` : null} x="${svgPercent(mark.at)}" y="100%" dy="1.6em">${mark.label}</text>`,
  )}</g>
<svg viewBox="0 0 ${SIZE} ${SIZE}" width="100%" height="100%" preserveAspectRatio="none">${paths}</svg>
${before}
</svg></div>`;
}

/** Every other mark is a minor one where there are more than fit on a phone. */
export const withMinorMarks = (marks: readonly AxisMark[], most = 5): AxisMark[] =>
  marks.map((mark, i) => (marks.length > most && i % 2 === 1 ? { ...mark, minor: true } : mark));

/** A place in a plot: shares of its width and height, from below. */
export interface ChartPoint {
  x: number;
  y: number;
}

const onPage = ({ x, y }: ChartPoint): string =>
  `${Number((x * SIZE).toFixed(1))} ${Number(((1 - y) * SIZE).toFixed(1))}`;

/** Runs of points with no gap in between. */
function runs<T>(points: readonly (T | null)[]): T[][] {
  const all: T[][] = [[]];
  for (const point of points) {
    if (point === null) all.push([]);
    else all.at(-1)?.push(point);
  }
  return all.filter((run) => run.length > 0);
}

/** A line with gaps. A point that stands alone becomes a line of no length, which a round cap makes a dot. */
export function linePath(points: readonly (ChartPoint | null)[]): string {
  return runs(points)
    .map((run) => (run.length === 1 ? `M${onPage(run[0] as ChartPoint)}h0` : `M${run.map(onPage).join('L')}`))
    .join('');
}

/** A line that keeps the height of each point until the next. */
export const stepPath = (points: readonly (ChartPoint | null)[]): string =>
  linePath(
    points.flatMap((point, i) => {
      const before = points[i - 1];
      return point && before ? [{ x: point.x, y: before.y }, point] : [point];
    }),
  );

/** Every point by itself. */
export const dotsPath = (points: readonly (ChartPoint | null)[]): string =>
  linePath(points.flatMap((point) => [point, null]));

/** From the lower to the upper of each two points. */
export const barsPath = (ends: readonly (readonly [ChartPoint, ChartPoint] | null)[]): string =>
  linePath(ends.flatMap((end) => (end ? [...end, null] : [null])));

/** The area between two lines, with gaps where there is none. */
export function areaPath(points: readonly ({ upper: ChartPoint; lower: ChartPoint } | null)[]): string {
  return runs(points)
    .map((run) => {
      const edge = [...run.map(({ upper }) => upper), ...run.map(({ lower }) => lower).reverse()];
      return `M${edge.map(onPage).join('L')}Z`;
    })
    .join('');
}

export const colorStyle = ({ colorNumber: colour }: SeriesStyle): string =>
  `--colour: var(--series-${colour})`;

/** A line as the legend and the plot show it. */
export function strokeMarkup(d: string, look: SeriesStyle): Markup {
  const dash = look.dash.length > 0 ? html` stroke-dasharray="${look.dash.join(' ')}"` : null;
  return html`<path class="line" style="${colorStyle(look)}"${dash} d="${d}"/>`;
}

/** Points, likewise. */
export const dotsMarkup = (d: string, look: SeriesStyle): Markup =>
  html`<path class="line dots" style="${colorStyle(look)}" d="${d}"/>`;
