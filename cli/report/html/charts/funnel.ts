import { formatCount, formatValue } from '../../../../lib/core/numbers/index.ts';
import type { FunnelChart } from '../../report-document.ts';
import { html, type Markup } from '../markup.ts';
import { svgPercent } from './plot.ts';

interface FunnelStep {
  name: string;
  observable: boolean;
  entered: number;
  succeeded: number;
  /** The number of iterations that succeeded in the previous observable step but did not start this step. */
  missing: number;
  /** The number of iterations that started this step and failed in it. */
  failed: number;
}

/** Returns how many iterations failed in each step, and how many were lost before the step. */
export function dropOff({ steps }: FunnelChart): FunnelStep[] {
  let remaining = steps.find(({ observable }) => observable)?.entered ?? 0;
  return steps.map(({ name, entered, succeeded, observable }) => {
    if (!observable) return { name, observable, entered: 0, succeeded: 0, missing: 0, failed: 0 };
    const missing = Math.max(0, remaining - entered);
    remaining = succeeded;
    return { name, observable, entered, succeeded, missing, failed: Math.max(0, entered - succeeded) };
  });
}

/** Draws one bar per step. The width of a bar is proportional to the number of iterations that started the step. */
export function funnelPlot(chart: FunnelChart): Markup {
  const steps = dropOff(chart);
  const maxEntered = Math.max(1, ...steps.map(({ entered }) => entered));
  return html`<ol class="steps">${steps.map(
    (step) => html`<li><span class="name">${step.name}</span>${bar(step, maxEntered)}${counts(step)}</li>`,
  )}</ol>`;
}

function bar({ observable, entered, succeeded }: FunnelStep, maxEntered: number): Markup {
  return html`<svg class="bar" aria-hidden="true" width="100%" height="18">${
    observable
      ? html`<rect class="entered" width="${svgPercent(entered / maxEntered)}" height="100%"/><rect class="succeeded" width="${svgPercent(succeeded / maxEntered)}" height="100%"/>`
      : html`<line class="unobservable" x2="100%" y1="50%" y2="50%"/>`
  }</svg>`;
}

function counts({ observable, entered, succeeded, missing, failed }: FunnelStep): Markup {
  if (!observable) return html`<span class="counts">not observable</span>`;
  const lost = [
    ...(failed > 0 ? [`${formatCount(failed)} failed (${formatValue(failed / entered, 'fraction')})`] : []),
    ...(missing > 0 ? [`${formatCount(missing)} did not reach this step`] : []),
  ];
  return html`<span class="counts">${formatCount(succeeded)} of ${formatCount(entered)}</span><span class="lost">${lost.join(', ')}</span>`;
}
