import { html, type Markup } from '../markup.ts';
import type { SeriesStyle } from './series.ts';

/** A label on an axis. */
export interface AxisMark {
  /** Share of the width or height of the plot. */
  position: number;
  label: string;
  /** Hidden on narrow screens. */
  minor?: boolean;
}

interface Plot {
  /** Description for screen readers. */
  label: string;
  x: AxisMark[];
  y: AxisMark[];
  /** Markup behind the grid, positioned by percentages. */
  behind?: Markup | null;
  /** Paths in a square with sides of {@link SIZE}, which is scaled to the plot. */
  paths: Markup[];
  /** Markup in front of the paths, positioned by percentages. */
  inFront?: Markup | null;
}

/** Side length of the square in which paths are drawn. */
const SIZE = 1000;

/** The element id of a chart. The prefix is needed because a section can have the same id. */
export const figureId = ({ id }: { id: string }): string => `chart-${id}`;

const HEIGHT = 220;

/** A share of the width or height as an SVG percentage. */
export const svgPercent = (share: number): string => `${Number((share * 100).toFixed(3))}%`;

/**
 * A plot that fills the available width while text and strokes keep their size. Everything except the paths is
 * positioned by percentages, and the paths are scaled without their strokes. Labels are outside the plot's box.
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

/** Makes every other mark minor if there are more than fit on a phone. */
export const withMinorMarks = (marks: readonly AxisMark[], maxCount = 5): AxisMark[] =>
  marks.map((mark, i) => (marks.length > maxCount && i % 2 === 1 ? { ...mark, minor: true } : mark));

/** A point in a plot, as shares of its width and height. y counts from the bottom. */
export interface ChartPoint {
  x: number;
  y: number;
}

const coordinates = ({ x, y }: ChartPoint): string =>
  `${Number((x * SIZE).toFixed(1))} ${Number(((1 - y) * SIZE).toFixed(1))}`;

/** Splits points into sequences without gaps. */
function segments<T>(points: readonly (T | null)[]): T[][] {
  const all: T[][] = [[]];
  for (const point of points) {
    if (point === null) all.push([]);
    else all.at(-1)?.push(point);
  }
  return all.filter((segment) => segment.length > 0);
}

/** A line with gaps. A single point becomes a line without length, which a round cap turns into a dot. */
export function linePath(points: readonly (ChartPoint | null)[]): string {
  return segments(points)
    .map((segment) =>
      segment.length === 1 ? `M${coordinates(segment[0] as ChartPoint)}h0` : `M${segment.map(coordinates).join('L')}`,
    )
    .join('');
}

/** A step line, which keeps the height of each point until the next. */
export const stepPath = (points: readonly (ChartPoint | null)[]): string =>
  linePath(
    points.flatMap((point, i) => {
      const previous = points[i - 1];
      return point && previous ? [{ x: point.x, y: previous.y }, point] : [point];
    }),
  );

/** Separate dots. */
export const dotsPath = (points: readonly (ChartPoint | null)[]): string =>
  linePath(points.flatMap((point) => [point, null]));

/** A separate line between each pair of points. */
export const barsPath = (ends: readonly (readonly [ChartPoint, ChartPoint] | null)[]): string =>
  linePath(ends.flatMap((end) => (end ? [...end, null] : [null])));

/** The area between two lines, with gaps. */
export function areaPath(points: readonly ({ upper: ChartPoint; lower: ChartPoint } | null)[]): string {
  return segments(points)
    .map((segment) => {
      const outline = [...segment.map(({ upper }) => upper), ...segment.map(({ lower }) => lower).reverse()];
      return `M${outline.map(coordinates).join('L')}Z`;
    })
    .join('');
}

export const colorStyle = ({ colorNumber }: SeriesStyle): string => `--color: var(--series-${colorNumber})`;

/** A line with the style of its series, for the legend and the plot. */
export function strokeMarkup(d: string, look: SeriesStyle): Markup {
  const dash = look.dash.length > 0 ? html` stroke-dasharray="${look.dash.join(' ')}"` : null;
  return html`<path class="line" style="${colorStyle(look)}"${dash} d="${d}"/>`;
}

/** Dots with the style of their series. */
export const dotsMarkup = (d: string, look: SeriesStyle): Markup =>
  html`<path class="line dots" style="${colorStyle(look)}" d="${d}"/>`;
