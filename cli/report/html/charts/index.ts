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
 * A chart with its title, what its lines mean, and the table of its values.
 *
 * @param time what a chart over time is as wide as
 */
export function chartFigure(chart: Chart, time: AxisRange): Markup {
  const id = figureId(chart);
  const { note, legend, marks, picture } = partsOf(chart, time);
  const table = chartTable(chart);
  return html`<figure id="${id}" class="chart ${chart.type}" aria-labelledby="${id}-title">
<figcaption><span id="${id}-title" class="title">${chart.title}</span> <span class="unit">${note}</span></figcaption>
${legend.length > 0 ? html`<ul class="legend">${legend.map(legendItem)}${marks.map(markItem)}</ul>` : null}
<div class="picture">${picture}</div>
<details><summary>Table of values <span class="of">of “${chart.title}”</span></summary>${scrollableTable(table)}</details>
</figure>`;
}

interface Parts {
  /** What the axes count in. */
  note: string;
  /** Of series that have to be told apart. */
  legend: { name: string; isDots?: boolean }[];
  /** Kinds of instants that stand out. */
  marks: { kind: string; tone: Tone }[];
  picture: Markup;
}

function partsOf(chart: Chart, time: AxisRange): Parts {
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
        note: `${percentileUnit(chart).label}, with the tail stretched`,
        legend: chart.series,
        marks: [],
        picture: percentilePlot(chart),
      };
    case 'histogram':
      return { note: 'how many took how long', legend: [], marks: [], picture: histogramPlot(chart) };
    case 'funnel':
      return { note: 'how many came through', legend: [], marks: [], picture: funnelPlot(chart) };
  }
}

function legendItem({ name, isDots = false }: Parts['legend'][number], index: number): Markup {
  const look = seriesStyle(index);
  const sample = isDots ? dotsMarkup('M14 6h0', look) : strokeMarkup('M1 6H27', look);
  return html`<li><svg class="swatch" aria-hidden="true" width="28" height="12">${sample}</svg>${name}<span class="value"></span></li>`;
}

const kindsOf = ({ marks = [] }: TimeChart): Parts['marks'] => [
  ...new Map(marks.map(({ kind, tone }) => [kind, { kind, tone }])).values(),
];

function markItem({ kind, tone }: Parts['marks'][number]): Markup {
  const sample = html`<g class="marks"><line class="${tone}" x1="14" x2="14" y2="12"/></g>`;
  return html`<li><svg class="swatch" aria-hidden="true" width="28" height="12">${sample}</svg>${kind}</li>`;
}
