import type { TimeGroup } from '../time-groups.ts';
import { element } from './dom.mts';
import { linkCharts } from './linked-charts.mts';

const HINT =
  'Drag across a chart to zoom in, and double-click to zoom out. Charts over the same time move together. ' +
  'Keyboard: arrow keys move the cursor, + and − zoom, 0 resets the zoom.';

// Adds a cursor and zoom to the charts of a report. Without JavaScript, the report is still complete and readable.
const groups: TimeGroup[] = JSON.parse(document.querySelector('script[type="application/json"]')?.textContent ?? '[]');
for (const group of groups) linkCharts(group);
document.querySelector('.is-live')?.before(element('p', 'hint', HINT));

// Boxes are focusable so that users can scroll them with the keyboard. A box without overflow needs no focus.
const boxes = document.querySelectorAll<HTMLElement>('.scroll, pre');
const resizeObserver = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const box = target as HTMLElement;
    const overflows = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
    if (overflows) box.tabIndex = 0;
    else box.removeAttribute('tabindex');
  }
});
for (const box of boxes) resizeObserver.observe(box);
