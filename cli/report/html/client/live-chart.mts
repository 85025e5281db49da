import { formatValue } from '../../../../lib/core/numbers/index.ts';
import { type AxisRange, type TimeAxis, timeAxisOf } from '../charts/axis.ts';
import { figureId, svgPercent } from '../charts/plot.ts';
import { phaseNameAt } from '../charts/series.ts';
import { nearestIndex, type TimeView, timeView } from '../charts/time.ts';
import type { TimeChartBlock } from '../time-groups.ts';
import { button, element } from './dom.mts';

/** What the charts of a group have in common, and how each of them changes it for all. */
export interface LinkedView {
  /** The time in sight. */
  readonly range: AxisRange;
  readonly showsWholeRange: boolean;
  /** Where the cursor is; null where it is nowhere. */
  readonly cursorMs: number | null;
  moveCursor(ms: number | null): void;
  /** Shows that time, or as much of it as there is. */
  zoomTo(range: AxisRange): void;
  /** Around the cursor, or else around the middle; a factor above 1 shows less time. */
  zoomBy(factor: number): void;
  reset(): void;
}

const ZOOM_STEP = 2;
/** A shorter way of the mouse is a click. */
const SHORTEST_DRAG_PX = 4;

/** A chart that can be read at a cursor and zoomed in: the same picture, drawn for the time in sight. */
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
  /** Where the mouse was pressed, in pixels of the page; null while it is not. */
  #dragFrom: number | null = null;

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
    const { range, showsWholeRange: isWhole } = this.#link;
    this.#view = timeView(this.#chart, range);
    this.#live.innerHTML = this.#view.picture.text;
    this.#live.classList.toggle('is-zoomed', !isWhole);
    const layers = '<rect class="selection" height="100%"/><g class="cursor"/>';
    this.#plot.insertAdjacentHTML('beforeend', layers);
    this.#reset.hidden = isWhole;
  }

  showCursor(): void {
    const { range, showsWholeRange: isWhole, cursorMs } = this.#link;
    const ms = cursorMs !== null && cursorMs >= range.min && cursorMs <= range.max ? cursorMs : null;
    const cursor = this.#plot.querySelector('.cursor') as SVGElement;
    cursor.innerHTML = ms === null ? '' : this.#view.cursorAt(ms).text;
    const sight = isWhole ? '' : this.#axis.range(range.min, range.max);
    this.#position.textContent = ms === null ? sight : this.#placeOf(ms);
    const texts = ms === null ? [] : this.#textsAt(ms);
    for (const [i, value] of this.#values.entries()) value.textContent = texts[i] ?? '';
  }

  get #plot(): SVGElement {
    return this.#live.querySelector('.plot > svg') as SVGElement;
  }

  #placeOf(ms: number): string {
    const { atMs, axis, phases, marks = [] } = this.#chart;
    // Between two dates there is nothing: the cursor is on the run that is nearest.
    const shown = axis === 'date' ? (atMs[nearestIndex(atMs, ms)] ?? ms) : ms;
    const told = marks.filter((mark) => mark.atMs === shown).map(({ text }) => text);
    return [this.#axis.instant(shown), phaseNameAt(phases, shown), ...told]
      .filter((part) => part !== '')
      .join(' · ');
  }

  /** The values of the sample that is nearest. */
  #textsAt(ms: number): string[] {
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
    live.setAttribute(
      'aria-label',
      `${this.#chart.title}: arrow keys move the cursor, + and − zoom, 0 resets`,
    );
    live.addEventListener('keydown', (event) => this.#onKey(event));
    live.addEventListener('mousemove', ({ clientX }) => this.#link.moveCursor(this.#msAt(clientX)));
    live.addEventListener('mouseleave', () => this.#link.moveCursor(null));
    live.addEventListener('dblclick', this.#link.reset);
    live.addEventListener('mousedown', (event) => {
      if (event.button === 0) this.#dragFrom = event.clientX;
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
    const act = this.#keys[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
    const { range, cursorMs } = this.#link;
    const values = cursorMs === null ? [] : this.#textsAt(cursorMs);
    this.#status.textContent = [
      cursorMs === null ? this.#axis.range(range.min, range.max) : this.#placeOf(cursorMs),
      ...this.#chart.series.map(({ name }, i) => (values[i] ? `${name} ${values[i]}` : name)),
    ].join(', ');
  }

  /** Moves the cursor to the next sample, and what is in sight along with it. */
  #step(by: number): void {
    const { range, cursorMs } = this.#link;
    const { atMs } = this.#chart;
    const from = nearestIndex(atMs, cursorMs ?? range.min);
    const ms = atMs[cursorMs === null ? from : from + by];
    if (ms === undefined) return;
    const moved = Math.min(0, ms - range.min) + Math.max(0, ms - range.max);
    if (moved !== 0) this.#link.zoomTo({ min: range.min + moved, max: range.max + moved });
    this.#link.moveCursor(ms);
  }

  /** The instant below a pixel of the page; null where it is beside the plot. */
  #msAt(x: number): number | null {
    const share = this.#shareAt(x);
    const { min, max } = this.#link.range;
    return share < 0 || share > 1 ? null : min + share * (max - min);
  }

  #shareAt(x: number): number {
    const { left, width } = this.#plot.getBoundingClientRect();
    return (x - left) / width;
  }

  /** From where the mouse was pressed to where it is, as far as that is on the plot; null for no more than a click. */
  #selection(x: number): AxisRange | null {
    if (this.#dragFrom === null || Math.abs(x - this.#dragFrom) < SHORTEST_DRAG_PX) return null;
    const [min, max] = [this.#dragFrom, x]
      .map((end) => Math.min(1, Math.max(0, this.#shareAt(end))))
      .sort((a, b) => a - b) as [number, number];
    return min < max ? { min, max } : null;
  }

  #showSelection(x: number): void {
    if (this.#dragFrom === null) return;
    const { min, max } = this.#selection(x) ?? { min: 0, max: 0 };
    const selected = this.#plot.querySelector('.selection');
    selected?.setAttribute('x', svgPercent(min));
    selected?.setAttribute('width', svgPercent(max - min));
  }

  #zoomToSelection(x: number): void {
    const selected = this.#selection(x);
    this.#dragFrom = null;
    if (!selected) return;
    const { min, max } = this.#link.range;
    const at = (share: number) => min + share * (max - min);
    this.#link.zoomTo({ min: at(selected.min), max: at(selected.max) });
  }
}
