import type { TimeGroup } from '../time-groups.ts';
import { element } from './dom.mts';
import { linkCharts } from './linked-charts.mts';

const HINT =
  'Drag across a chart to zoom in, double-click to see all of it again; charts over the same time follow each other. ' +
  'With the keyboard: arrow keys, + and −, and 0.';

/** What the page has with JavaScript beyond what it has without. */
const groups: TimeGroup[] = JSON.parse(
  document.querySelector('script[type="application/json"]')?.textContent ?? '[]',
);
for (const group of groups) linkCharts(group);
document.querySelector('.is-live')?.before(element('p', 'hint', HINT));

// A box that has nothing to scroll need not be stopped at.
const boxes = document.querySelectorAll<HTMLElement>('.scroll, pre');
const sized = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const box = target as HTMLElement;
    const overflows = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
    if (overflows) box.tabIndex = 0;
    else box.removeAttribute('tabindex');
  }
});
for (const box of boxes) sized.observe(box);
