import type { Chart, TimeChart, Tone } from '../../report-document.ts';
import { html, type Markup } from '../markup.ts';
import { scrollableTable } from '../table-markup.ts';
import type { AxisRange } from './axis.ts';
import { chartTable } from './chart-table.ts';
import { funnelPlot } from './funnel.ts';
import { histogramPlot } from './histogram.ts';
import { percentilePlot, percentileUnit } from './percentiles.ts';
import { dotsMarkup, figureId, strokeMarkup } from './plot.ts';
import { seriesStyle, valueAxisUnit } from './series.ts';
import { timeView } from './time.ts';

/**
 * Returns a chart with its title, legend and table of values.
 * @param time the visible period, if the horizontal axis is time
 */
export function chartFigure(chart: Chart, time: AxisRange): Markup {
  const id = figureId(chart);
  const { note, legend, marks, picture } = chartParts(chart, time);
  const table = chartTable(chart);
  return html`<figure id="${id}" class="chart ${chart.type}" aria-labelledby="${id}-title">
<figcaption><span id="${id}-title" class="title">${chart.title}</span> <span class="unit">${note}</span></figcaption>
${legend.length > 0 ? html`<ul class="legend">${legend.map(legendItem)}${marks.map(markItem)}</ul>` : null}
<div class="picture">${picture}</div>
<details><summary>Table of values <span class="chart-title">of “${chart.title}”</span></summary>${scrollableTable(table)}</details>
</figure>`;
}

interface ChartParts {
  /** Returns the unit of the value axis, or a description of the chart if it has no value axis. */
  note: string;
  /** Returns one legend entry per series. */
  legend: { name: string; isDots?: boolean }[];
  /** Returns one legend entry per kind of highlighted instant. */
  marks: { kind: string; tone: Tone }[];
  picture: Markup;
}

function chartParts(chart: Chart, time: AxisRange): ChartParts {
  switch (chart.type) {
    case 'time':
      return {
        note: valueAxisUnit(chart).label,
        legend: chart.series.map(({ name, style }) => ({ name, isDots: style === 'points' })),
        marks: kindsOf(chart),
        picture: timeView(chart, time).picture,
      };
    case 'percentiles':
      return {
        note: `${percentileUnit(chart).label}, logarithmic percentile axis`,
        legend: chart.series,
        marks: [],
        picture: percentilePlot(chart),
      };
    case 'histogram':
      return { note: 'number of requests', legend: [], marks: [], picture: histogramPlot(chart) };
    case 'funnel':
      return {
        note: 'iterations that reached and passed each step',
        legend: [],
        marks: [],
        picture: funnelPlot(chart),
      };
  }
}

function legendItem({ name, isDots = false }: ChartParts['legend'][number], index: number): Markup {
  const look = seriesStyle(index);
  const sample = isDots ? dotsMarkup('M14 6h0', look) : strokeMarkup('M1 6H27', look);
  return html`<li><svg class="swatch" aria-hidden="true" width="28" height="12">${sample}</svg>${name}<span class="value"></span></li>`;
}

const kindsOf = ({ marks = [] }: TimeChart): ChartParts['marks'] => [
  ...new Map(marks.map(({ kind, tone }) => [kind, { kind, tone }])).values(),
];

function markItem({ kind, tone }: ChartParts['marks'][number]): Markup {
  const sample = html`<g class="marks"><line class="${tone}" x1="14" x2="14" y2="12"/></g>`;
  return html`<li><svg class="swatch" aria-hidden="true" width="28" height="12">${sample}</svg>${kind}</li>`;
}
