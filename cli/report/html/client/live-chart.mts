import { formatValue } from '../../../../lib/core/numbers/index.ts';
import { type AxisRange, type TimeAxis, timeAxisOf } from '../charts/axis.ts';
import { figureId, svgPercent } from '../charts/plot.ts';
import { phaseNameAt } from '../charts/series.ts';
import { nearestIndex, type TimeView, timeView } from '../charts/time.ts';
import type { TimeChartBlock } from '../time-groups.ts';
import { button, element } from './dom.mts';

/** The state that all charts of a group share: visible period and cursor. A change applies to every chart. */
export interface LinkedView {
  /** The visible period in ms. */
  readonly range: AxisRange;
  readonly showsWholeRange: boolean;
  /** The position of the cursor in ms, or null if there is no cursor. */
  readonly cursorMs: number | null;
  moveCursor(ms: number | null): void;
  /** Shows a period, limited to the period of the data. */
  zoomTo(range: AxisRange): void;
  /** Zooms around the cursor, or around the center if there is no cursor. A factor above 1 zooms in. */
  zoomBy(factor: number): void;
  reset(): void;
}

const ZOOM_STEP = 2;
/** A mouse movement that is shorter than this counts as a click. */
const MIN_DRAG_PX = 4;

/** An interactive chart with cursor and zoom, drawn by the same code as the static chart in the page. */
export class LiveChart {
  readonly #chart: TimeChartBlock;
  readonly #axis: TimeAxis;
  readonly #link: LinkedView;
  readonly #values: HTMLElement[];
  readonly #live = element('div', 'live');
  readonly #position = element('span', 'position');
  readonly #status = element('p', 'hidden');
  readonly #reset: HTMLButtonElement;
  #view!: TimeView;
  /** Where the mouse button was pressed, in page pixels. Null if the button is not pressed. */
  #dragStart: number | null = null;

  constructor(chart: TimeChartBlock, link: LinkedView) {
    this.#chart = chart;
    this.#axis = timeAxisOf(chart);
    this.#link = link;
    const figure = document.getElementById(figureId(chart)) as HTMLElement;
    this.#values = [...figure.querySelectorAll<HTMLElement>('.legend .value')];
    this.#reset = button('Reset zoom', link.reset);
    figure.querySelector('figcaption')?.append(this.#toolbar());
    this.#listen();
    figure.querySelector('.picture')?.append(this.#live, this.#status);
    figure.classList.add('is-live');
    this.showRange();
    this.showCursor();
  }

  showRange(): void {
    const { range, showsWholeRange } = this.#link;
    this.#view = timeView(this.#chart, range);
    this.#live.innerHTML = this.#view.picture.text;
    this.#live.classList.toggle('is-zoomed', !showsWholeRange);
    const layers = '<rect class="selection" height="100%"/><g class="cursor"/>';
    this.#plot.insertAdjacentHTML('beforeend', layers);
    this.#reset.hidden = showsWholeRange;
  }

  showCursor(): void {
    const { range, showsWholeRange, cursorMs } = this.#link;
    const ms = cursorMs !== null && cursorMs >= range.min && cursorMs <= range.max ? cursorMs : null;
    const cursor = this.#plot.querySelector('.cursor') as SVGElement;
    cursor.innerHTML = ms === null ? '' : this.#view.cursorAt(ms).text;
    const visibleRange = showsWholeRange ? '' : this.#axis.range(range.min, range.max);
    this.#position.textContent = ms === null ? visibleRange : this.#positionText(ms);
    const texts = ms === null ? [] : this.#valueTextsAt(ms);
    for (const [i, value] of this.#values.entries()) value.textContent = texts[i] ?? '';
  }

  get #plot(): SVGElement {
    return this.#live.querySelector('.plot > svg') as SVGElement;
  }

  #positionText(ms: number): string {
    const { atMs, axis, phases, marks = [] } = this.#chart;
    // A date chart has no values between runs, so the cursor snaps to the nearest run.
    const shown = axis === 'date' ? (atMs[nearestIndex(atMs, ms)] ?? ms) : ms;
    const markTexts = marks.filter((mark) => mark.atMs === shown).map(({ text }) => text);
    return [this.#axis.instant(shown), phaseNameAt(phases, shown), ...markTexts]
      .filter((part) => part !== '')
      .join(' · ');
  }

  /** Returns the values of the sample nearest to a point in time. */
  #valueTextsAt(ms: number): string[] {
    const { atMs, series, unit } = this.#chart;
    const sample = nearestIndex(atMs, ms);
    return series.map(({ values }) => formatValue(values[sample] ?? null, unit));
  }

  #toolbar(): HTMLElement {
    return element(
      'span',
      'toolbar',
      this.#position,
      button('−', () => this.#link.zoomBy(1 / ZOOM_STEP), 'Zoom out'),
      button('+', () => this.#link.zoomBy(ZOOM_STEP), 'Zoom in'),
      this.#reset,
    );
  }

  #listen(): void {
    const live = this.#live;
    live.tabIndex = 0;
    live.setAttribute('role', 'application');
    live.setAttribute('aria-label', `${this.#chart.title}: arrow keys move the cursor, + and − zoom, 0 resets`);
    live.addEventListener('keydown', (event) => this.#onKey(event));
    live.addEventListener('mousemove', ({ clientX }) => this.#link.moveCursor(this.#msAt(clientX)));
    live.addEventListener('mouseleave', () => this.#link.moveCursor(null));
    live.addEventListener('dblclick', this.#link.reset);
    live.addEventListener('mousedown', (event) => {
      if (event.button === 0) this.#dragStart = event.clientX;
    });
    window.addEventListener('mousemove', ({ clientX }) => this.#showSelection(clientX));
    window.addEventListener('mouseup', ({ clientX }) => this.#zoomToSelection(clientX));
    this.#status.setAttribute('role', 'status');
  }

  readonly #keys: Record<string, () => void> = {
    ArrowLeft: () => this.#step(-1),
    ArrowRight: () => this.#step(1),
    '+': () => this.#link.zoomBy(ZOOM_STEP),
    '=': () => this.#link.zoomBy(ZOOM_STEP),
    '-': () => this.#link.zoomBy(1 / ZOOM_STEP),
    0: () => this.#link.reset(),
    Escape: () => this.#link.reset(),
  };

  #onKey(event: KeyboardEvent): void {
    const action = this.#keys[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
    const { range, cursorMs } = this.#link;
    const values = cursorMs === null ? [] : this.#valueTextsAt(cursorMs);
    this.#status.textContent = [
      cursorMs === null ? this.#axis.range(range.min, range.max) : this.#positionText(cursorMs),
      ...this.#chart.series.map(({ name }, i) => (values[i] ? `${name} ${values[i]}` : name)),
    ].join(', ');
  }

  /** Moves the cursor by a number of samples. Also moves the visible period if the cursor would leave it. */
  #step(count: number): void {
    const { range, cursorMs } = this.#link;
    const { atMs } = this.#chart;
    const current = nearestIndex(atMs, cursorMs ?? range.min);
    const ms = atMs[cursorMs === null ? current : current + count];
    if (ms === undefined) return;
    const shiftMs = Math.min(0, ms - range.min) + Math.max(0, ms - range.max);
    if (shiftMs !== 0) this.#link.zoomTo({ min: range.min + shiftMs, max: range.max + shiftMs });
    this.#link.moveCursor(ms);
  }

  /** Returns the time at a horizontal page position in pixels, or null if the position is outside the plot. */
  #msAt(x: number): number | null {
    const share = this.#shareAt(x);
    const { min, max } = this.#link.range;
    return share < 0 || share > 1 ? null : min + share * (max - min);
  }

  #shareAt(x: number): number {
    const { left, width } = this.#plot.getBoundingClientRect();
    return (x - left) / width;
  }

  /** Returns the part of the plot selected by dragging, as shares of its width. Returns null for a click. */
  #selection(x: number): AxisRange | null {
    if (this.#dragStart === null || Math.abs(x - this.#dragStart) < MIN_DRAG_PX) return null;
    const [min, max] = [this.#dragStart, x]
      .map((end) => Math.min(1, Math.max(0, this.#shareAt(end))))
      .sort((a, b) => a - b) as [number, number];
    return min < max ? { min, max } : null;
  }

  #showSelection(x: number): void {
    if (this.#dragStart === null) return;
    const { min, max } = this.#selection(x) ?? { min: 0, max: 0 };
    const selected = this.#plot.querySelector('.selection');
    selected?.setAttribute('x', svgPercent(min));
    selected?.setAttribute('width', svgPercent(max - min));
  }

  #zoomToSelection(x: number): void {
    const selected = this.#selection(x);
    this.#dragStart = null;
    if (!selected) return;
    const { min, max } = this.#link.range;
    const msOf = (share: number) => min + share * (max - min);
    this.#link.zoomTo({ min: msOf(selected.min), max: msOf(selected.max) });
  }
}
