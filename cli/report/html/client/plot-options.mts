import uPlot from 'uplot';
import { type AxisUnit, type Range, type Tick, valueRange, valueTicks } from '../charts/axis.ts';
import { placedPhases } from '../charts/phases.ts';
import { DOT_SIZE, MARK_DASH, PLOT_HEIGHT } from '../charts/plot.ts';
import { type Drawn, drawn, extentOf, isolated, lookOf, type Series, timeUnit } from '../charts/series.ts';
import { timeAxisOf } from '../charts/time-axis.ts';
import type { TimeBlock } from '../time-groups.ts';
import { styleOf } from './dom.mts';

/** Room around the plot; the static picture keeps as much, so that nothing moves when this takes its place. */
const ROOM = { top: 8, right: 24, bottom: 28, left: 56 };
const PIXELS_A_TIME_TICK = 90;

/** What a plot asks for and what it tells. */
export interface Surroundings {
  /** The time in sight. */
  time: () => Range;
  moved: (plot: uPlot) => void;
  selected: (plot: uPlot) => void;
  doubleClicked: () => void;
}

export function plotData({ atMs, series }: TimeBlock): uPlot.AlignedData {
  return [atMs, ...drawn(series).map(({ upper }) => [...upper])];
}

/** uPlot drawing what the static picture shows: the same ticks, dashes and colours. */
export function plotOptions(
  chart: TimeBlock,
  width: number,
  { time, moved, selected, doubleClicked }: Surroundings,
): uPlot.Options {
  const unit = timeUnit(chart);
  return {
    width,
    height: ROOM.top + PLOT_HEIGHT + ROOM.bottom,
    padding: [ROOM.top, ROOM.right, 0, 0],
    legend: { show: false },
    scales: {
      x: { time: false, range: () => [time().min, time().max] },
      y: {
        range: (_, min: number | null, max: number | null) => {
          const inSight = min === null || max === null ? null : { min, max };
          const values = chart.series.some(({ bounds }) => bounds) ? extentOf(chart.series) : inSight;
          const range = valueRange(values, chart.unit, unit);
          return [range.min, range.max];
        },
      },
    },
    axes: [timeAxis(chart), valueAxis(unit)],
    series: [{}, ...drawn(chart.series).map((edges, i) => seriesLook(chart.series[i] as Series, edges, i))],
    bands: bands(chart.series),
    cursor: {
      y: false,
      drag: { x: true, y: false, setScale: false, dist: 4 },
      points: {
        size: 9,
        width: 1,
        stroke: 'var(--page)',
        fill: (_, i) => `var(--series-${lookOf(i - 1).colour})`,
      },
      bind: {
        dblclick: () => () => {
          doubleClicked();
          return null;
        },
      },
    },
    hooks: {
      drawClear: [
        (plot) => {
          drawPhases(plot, chart, time());
          drawMarks(plot, chart, time());
        },
      ],
      drawAxes: [(plot) => drawBounds(plot, chart, time())],
      setCursor: [moved],
      setSelect: [selected],
    },
  };
}

const axisLook = (): uPlot.Axis => ({
  stroke: () => styleOf('--muted'),
  font: `12px ${getComputedStyle(document.body).fontFamily}`,
  gap: 8,
  ticks: { show: false },
});

function timeAxis(chart: TimeBlock): uPlot.Axis {
  let ticks: Tick[] = [];
  return {
    ...axisLook(),
    size: ROOM.bottom,
    grid: { show: false },
    splits: (plot, _, min, max) => {
      ticks = timeAxisOf(chart).ticks({ min, max }, plot.width / PIXELS_A_TIME_TICK);
      return ticks.map(({ value }) => value);
    },
    values: () => ticks.map(({ label }) => label),
  };
}

const valueAxis = (unit: AxisUnit): uPlot.Axis => ({
  ...axisLook(),
  size: ROOM.left,
  grid: { stroke: () => styleOf('--rule'), width: 1 },
  splits: (_plot, _axis, min, max) => valueTicks({ min, max }, unit).map(({ value }) => value),
  values: (_, splits) =>
    valueTicks({ min: splits[0] as number, max: splits.at(-1) as number }, unit).map(({ label }) => label),
});

function seriesLook({ style }: Series, { upper, lower }: Drawn, index: number): uPlot.Series {
  const { colour, dash } = lookOf(index);
  const stroke = () => styleOf(`--series-${colour}`);
  if (style === 'points')
    return { stroke, paths: () => null, points: { show: true, size: DOT_SIZE, fill: stroke } };
  return {
    stroke,
    width: 2,
    ...(style === 'steps' ? { paths: uPlot.paths.stepped?.({ align: 1 }) } : {}),
    ...(dash.length > 0 ? { dash: [...dash] } : {}),
    ...(lower ? { fill: () => `${stroke()}33` } : {}),
    points: { show: false, filter: () => isolated(upper), size: 5, fill: stroke },
  };
}

/** Between the edges of series that stand on each other. */
function bands(series: readonly Series[]): uPlot.Band[] {
  const stacked = series.flatMap(({ style }, i) => (style === 'stacked' ? [i + 1] : []));
  return stacked.slice(1).map((upper, i) => ({ series: [upper, stacked[i] as number] }));
}

function drawPhases({ ctx, bbox }: uPlot, { phases }: TimeBlock, time: Range): void {
  ctx.fillStyle = styleOf('--band');
  for (const { left, width, shaded } of placedPhases(phases, time))
    if (shaded) ctx.fillRect(bbox.left + left * bbox.width, bbox.top, width * bbox.width, bbox.height);
}

function drawMarks(plot: uPlot, { marks = [] }: TimeBlock, { min, max }: Range): void {
  const { ctx, bbox } = plot;
  const inSight = marks.filter(({ atMs }) => min <= atMs && atMs <= max);
  ctx.save();
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash(MARK_DASH.map((length) => length * devicePixelRatio));
  for (const { atMs, tone } of inSight) {
    ctx.strokeStyle = styleOf(`--${tone}`);
    line(plot, plot.valToPos(atMs, 'x', true), bbox.top, bbox.top + bbox.height);
  }
  ctx.restore();
}

/** Between what values may be, behind the values themselves. */
function drawBounds(plot: uPlot, { atMs, series }: TimeBlock, { min, max }: Range): void {
  const { ctx } = plot;
  ctx.save();
  ctx.lineWidth = devicePixelRatio;
  for (const [index, { bounds }] of series.entries()) {
    ctx.strokeStyle = `${styleOf(`--series-${lookOf(index).colour}`)}99`;
    for (const [i, ms] of atMs.entries()) {
      const [low, high] = [bounds?.low[i] ?? null, bounds?.high[i] ?? null];
      if (low === null || high === null || ms < min || ms > max) continue;
      line(plot, plot.valToPos(ms, 'x', true), plot.valToPos(low, 'y', true), plot.valToPos(high, 'y', true));
    }
  }
  ctx.restore();
}

function line({ ctx }: uPlot, x: number, fromY: number, toY: number): void {
  ctx.beginPath();
  ctx.moveTo(x, fromY);
  ctx.lineTo(x, toY);
  ctx.stroke();
}
