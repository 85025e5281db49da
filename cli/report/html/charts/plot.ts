import { html, type Markup } from '../markup.ts';
import type { SeriesStyle } from './series.ts';

/** A label on an axis. */
export interface AxisMark {
  /** The position of the label, as a share of the width or height of the plot. */
  position: number;
  label: string;
  /** True if the label is hidden on narrow screens. */
  minor?: boolean;
}

interface Plot {
  /** A text about the plot for screen readers. */
  label: string;
  x: AxisMark[];
  y: AxisMark[];
  /** Markup that is drawn behind the grid and positioned by percentages. */
  behind?: Markup | null;
  /** Paths in a square with sides of length {@link SIZE}. The square is scaled to the size of the plot. */
  paths: Markup[];
  /** Markup that is drawn in front of the paths and positioned by percentages. */
  inFront?: Markup | null;
}

/** The side length of the square in which paths are drawn. */
const SIZE = 1000;

/** Returns the element ID of a chart. Its prefix distinguishes the chart from a section with the same ID. */
export const figureId = ({ id }: { id: string }): string => `chart-${id}`;

const HEIGHT = 220;

/** Formats a share of the width or height as a percentage for SVG. */
export const svgPercent = (share: number): string => `${Number((share * 100).toFixed(3))}%`;

/**
 * Draws a plot that fills the available width without scaling text and strokes. Paths are scaled to the plot, and
 * everything else is positioned by percentages. Labels are placed outside the edges of the plot.
 */
export function plot({ label, x, y, behind = null, paths, inFront = null }: Plot): Markup {
  return html`<div class="plot"><svg role="img" aria-label="${label}" width="100%" height="${HEIGHT}">
${behind}
<g class="grid">${y.map(({ position }) => html`<line x2="100%" y1="${svgPercent(1 - position)}" y2="${svgPercent(1 - position)}"/>`)}</g>
<g class="y">${y.map((mark) => html`<text x="-8" y="${svgPercent(1 - mark.position)}" dy="0.32em">${mark.label}</text>`)}</g>
<g class="x">${x.map(
    (mark) =>
      html`<text${mark.minor ? html` class="minor"` : null} x="${svgPercent(mark.position)}" y="100%" dy="1.6em">${mark.label}</text>`,
  )}</g>
<svg viewBox="0 0 ${SIZE} ${SIZE}" width="100%" height="100%" preserveAspectRatio="none">${paths}</svg>
${inFront}
</svg></div>`;
}

/** If there are more marks than fit on a phone, makes every second mark minor. */
export const withMinorMarks = (marks: readonly AxisMark[], maxCount = 5): AxisMark[] =>
  marks.map((mark, i) => (marks.length > maxCount && i % 2 === 1 ? { ...mark, minor: true } : mark));

/** A point in a plot. x and y are shares of the width and height, and y counts from the bottom. */
export interface ChartPoint {
  x: number;
  y: number;
}

const coordinates = ({ x, y }: ChartPoint): string =>
  `${Number((x * SIZE).toFixed(1))} ${Number(((1 - y) * SIZE).toFixed(1))}`;

/** Splits a list of points at each missing point (null). */
function segments<T>(points: readonly (T | null)[]): T[][] {
  const all: T[][] = [[]];
  for (const point of points) {
    if (point === null) all.push([]);
    else all.at(-1)?.push(point);
  }
  return all.filter((segment) => segment.length > 0);
}

/**
 * Returns the path of a line with gaps at missing points. A single point between two gaps becomes a line of length 0,
 * which round line caps show as a dot.
 */
export function linePath(points: readonly (ChartPoint | null)[]): string {
  return segments(points)
    .map((segment) =>
      segment.length === 1 ? `M${coordinates(segment[0] as ChartPoint)}h0` : `M${segment.map(coordinates).join('L')}`,
    )
    .join('');
}

/** Returns the path of a step line, which stays at the height of each point until the next point. */
export const stepPath = (points: readonly (ChartPoint | null)[]): string =>
  linePath(
    points.flatMap((point, i) => {
      const previous = points[i - 1];
      return point && previous ? [{ x: point.x, y: previous.y }, point] : [point];
    }),
  );

/** Returns a path with one dot per point and no lines between points. */
export const dotsPath = (points: readonly (ChartPoint | null)[]): string =>
  linePath(points.flatMap((point) => [point, null]));

/** Returns a path with one straight line per pair of points. */
export const barsPath = (ends: readonly (readonly [ChartPoint, ChartPoint] | null)[]): string =>
  linePath(ends.flatMap((end) => (end ? [...end, null] : [null])));

/** Returns the path of the area between two lines, with gaps at missing points. */
export function areaPath(points: readonly ({ upper: ChartPoint; lower: ChartPoint } | null)[]): string {
  return segments(points)
    .map((segment) => {
      const outline = [...segment.map(({ upper }) => upper), ...segment.map(({ lower }) => lower).reverse()];
      return `M${outline.map(coordinates).join('L')}Z`;
    })
    .join('');
}

export const colorStyle = ({ colorNumber }: SeriesStyle): string => `--color: var(--series-${colorNumber})`;

/** Draws a path as a line in the style of its series, for the legend and the plot. */
export function strokeMarkup(d: string, look: SeriesStyle): Markup {
  const dash = look.dash.length > 0 ? html` stroke-dasharray="${look.dash.join(' ')}"` : null;
  return html`<path class="line" style="${colorStyle(look)}"${dash} d="${d}"/>`;
}

/** Draws a path as dots in the style of its series. */
export const dotsMarkup = (d: string, look: SeriesStyle): Markup =>
  html`<path class="line dots" style="${colorStyle(look)}" d="${d}"/>`;
