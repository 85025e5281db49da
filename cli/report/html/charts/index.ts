import type { Chart } from '../../document.ts';
import { html, type Markup } from '../markup.ts';
import { tableBox } from '../table.ts';
import type { Range } from './axis.ts';
import { funnelPlot } from './funnel.ts';
import { histogramPlot } from './histogram.ts';
import { percentilePlot, percentileUnit } from './percentiles.ts';
import { stroke } from './plot.ts';
import { lookOf, timeUnit } from './series.ts';
import { chartTable } from './table.ts';
import { timePlot } from './time.ts';

/**
 * A chart with its title, what its lines mean, and the table of its values.
 *
 * @param time what a chart over time is as wide as
 */
export function figure(chart: Chart, time: Range): Markup {
  const id = figureId(chart);
  const { note, names, picture } = partsOf(chart, time);
  const table = chartTable(chart);
  return html`<figure id="${id}" class="chart ${chart.type}" aria-labelledby="${id}-title">
<figcaption><span id="${id}-title" class="title">${chart.title}</span> <span class="unit">${note}</span></figcaption>
${names.length > 0 ? legend(names) : null}
<div class="picture">${picture}</div>
<details><summary>Table of values <span class="of">of “${chart.title}”</span></summary>${tableBox(table)}</details>
</figure>`;
}

/** Charts and sections have ids of their own, which may be the same. */
export const figureId = ({ id }: { id: string }): string => `chart-${id}`;

interface Parts {
  /** What the axes count in. */
  note: string;
  /** Of series that have to be told apart. */
  names: string[];
  picture: Markup;
}

function partsOf(chart: Chart, time: Range): Parts {
  switch (chart.type) {
    case 'time':
      return {
        note: timeUnit(chart).label,
        names: chart.series.map(({ name }) => name),
        picture: timePlot(chart, time),
      };
    case 'percentiles':
      return {
        note: `${percentileUnit(chart).label}, with the tail stretched`,
        names: chart.series.map(({ name }) => name),
        picture: percentilePlot(chart),
      };
    case 'histogram':
      return { note: 'how many took how long', names: [], picture: histogramPlot(chart) };
    case 'funnel':
      return { note: 'how many came through', names: [], picture: funnelPlot(chart) };
  }
}

const legend = (names: readonly string[]): Markup =>
  html`<ul class="legend">${names.map(
    (name, i) =>
      html`<li><svg class="swatch" aria-hidden="true" width="28" height="12">${stroke('M1 6H27', lookOf(i))}</svg>${name}<span class="value"></span></li>`,
  )}</ul>`;
