import { formatCount, formatValue } from '../../../../lib/core/numbers/index.ts';
import type { FunnelChart } from '../../report-document.ts';
import { html, type Markup } from '../markup.ts';
import { svgPercent } from './plot.ts';

interface FunnelStep {
  name: string;
  observable: boolean;
  entered: number;
  succeeded: number;
  /** Came through the last step that could be seen, and never got here. */
  missing: number;
  /** Got here, and no further. */
  failed: number;
}

/** How many each step lost, and how many were lost before it. */
export function dropOff({ steps }: FunnelChart): FunnelStep[] {
  let through = steps.find(({ observable }) => observable)?.entered ?? 0;
  return steps.map(({ name, entered, succeeded, observable }) => {
    if (!observable) return { name, observable, entered: 0, succeeded: 0, missing: 0, failed: 0 };
    const missing = Math.max(0, through - entered);
    through = succeeded;
    return { name, observable, entered, succeeded, missing, failed: Math.max(0, entered - succeeded) };
  });
}

/** Steps below each other, each as wide as what was left of those who entered. */
export function funnelPlot(chart: FunnelChart): Markup {
  const steps = dropOff(chart);
  const whole = Math.max(1, ...steps.map(({ entered }) => entered));
  return html`<ol class="steps">${steps.map(
    (step) => html`<li><span class="name">${step.name}</span>${bar(step, whole)}${told(step)}</li>`,
  )}</ol>`;
}

function bar({ observable, entered, succeeded }: FunnelStep, whole: number): Markup {
  return html`<svg class="bar" aria-hidden="true" width="100%" height="18">${
    observable
      ? html`<rect class="entered" width="${svgPercent(entered / whole)}" height="100%"/><rect class="succeeded" width="${svgPercent(succeeded / whole)}" height="100%"/>`
      : html`<line class="unseen" x2="100%" y1="50%" y2="50%"/>`
  }</svg>`;
}

function told({ observable, entered, succeeded, missing, failed }: FunnelStep): Markup {
  if (!observable) return html`<span class="told">not observable</span>`;
  const lost = [
    ...(failed > 0 ? [`${formatCount(failed)} failed (${formatValue(failed / entered, 'fraction')})`] : []),
    ...(missing > 0 ? [`${formatCount(missing)} did not get here`] : []),
  ];
  return html`<span class="told">${formatCount(succeeded)} of ${formatCount(entered)}</span><span class="lost">${lost.join(', ')}</span>`;
}
