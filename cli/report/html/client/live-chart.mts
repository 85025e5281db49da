import uPlot from 'uplot';
import { formatValue } from '../../../../lib/core/numbers/index.ts';
import type { Range } from '../charts/axis.ts';
import { namePlace, phaseAt, placedPhases } from '../charts/phases.ts';
import { figureId } from '../charts/plot.ts';
import { type TimeAxis, timeAxisOf } from '../charts/time-axis.ts';
import type { TimeBlock } from '../time-groups.ts';
import { button, element } from './dom.mts';
import { plotData, plotOptions } from './plot-options.mts';

/** What the charts of a group have in common, and how each of them changes it for all. */
export interface Link {
  /** The time in sight. */
  readonly range: Range;
  readonly isWhole: boolean;
  /** Where the cursor is; null where it is nowhere. */
  readonly cursorMs: number | null;
  point(ms: number | null): void;
  /** Shows that time, or as much of it as there is. */
  zoom(range: Range): void;
  /** Around the cursor, or else around the middle; a factor above 1 shows less time. */
  zoomBy(factor: number): void;
  reset(): void;
}

const ZOOM_STEP = 2;
const OUT_OF_SIGHT = -10;

/** What the charts of a group have in common, and how each of them changes it for all. */
export interface Link {
  /** The time in sight. */
  readonly range: Range;
  readonly isWhole: boolean;
  /** Where the cursor is; null where it is nowhere. */
  readonly cursorMs: number | null;
  point(ms: number | null): void;
  /** Shows that time, or as much of it as there is. */
  zoom(range: Range): void;
  /** Around the cursor, or else around the middle; a factor above 1 shows less time. */
  zoomBy(factor: number): void;
  reset(): void;
}

/** A chart that can be read at a cursor and zoomed in, in the place of its static picture. */
export class LiveChart {
  readonly #chart: TimeBlock;
  readonly #axis: TimeAxis;
  readonly #link: Link;
  readonly #plot: uPlot;
  readonly #values: HTMLElement[];
  readonly #phases = element('div', 'phases');
  readonly #position = element('span', 'position');
  readonly #status = element('p', 'hidden');
  readonly #reset: HTMLButtonElement;
  /** Set while the plot follows the link: it then has nothing to tell it. */
  #isFollowing = false;

  constructor(chart: TimeBlock, link: Link) {
    this.#chart = chart;
    this.#axis = timeAxisOf(chart);
    this.#link = link;
    const figure = document.getElementById(figureId(chart)) as HTMLElement;
    this.#values = [...figure.querySelectorAll<HTMLElement>('.legend .value')];
    this.#reset = button('Reset zoom', link.reset);
    figure.querySelector('figcaption')?.append(this.#toolbar());
    const live = this.#live();
    figure.querySelector('.picture')?.append(live, this.#status);
    figure.classList.add('is-live');
    this.#plot = new uPlot(
      plotOptions(chart, live.clientWidth, {
        time: () => link.range,
        moved: (plot) => this.#tellCursor(plot),
        selected: (plot) => this.#zoomToSelection(plot),
        doubleClicked: link.reset,
      }),
      plotData(chart),
      live,
    );
    new ResizeObserver(() => this.#fit(live.clientWidth)).observe(live);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#plot.redraw(false));
    this.showRange();
    this.showCursor();
  }

  showRange(): void {
    const { range, isWhole } = this.#link;
    this.#follow(() => this.#plot.setScale('x', range));
    this.#reset.hidden = isWhole;
    const placed = placedPhases(this.#chart.phases, range);
    this.#phases.replaceChildren(
      ...placed.map(({ name }, i) => {
        const label = element('span', '', name);
        label.title = name;
        label.style.cssText = namePlace(placed, i);
        return label;
      }),
    );
  }

  showCursor(): void {
    const { range, isWhole, cursorMs } = this.#link;
    const ms = cursorMs !== null && cursorMs >= range.min && cursorMs <= range.max ? cursorMs : null;
    const left = ms === null ? OUT_OF_SIGHT : this.#plot.valToPos(ms, 'x');
    if (this.#plot.cursor.left !== left)
      this.#plot.setCursor({ left, top: left < 0 ? OUT_OF_SIGHT : 0 }, false);
    const sight = isWhole ? '' : this.#axis.range(range.min, range.max);
    this.#position.textContent = ms === null ? sight : this.#placeOf(ms);
    const texts = ms === null ? [] : this.#textsAt(ms);
    for (const [i, value] of this.#values.entries()) value.textContent = texts[i] ?? '';
  }

  #follow(change: () => void): void {
    this.#isFollowing = true;
    this.#plot.batch(change);
    this.#isFollowing = false;
  }

  #placeOf(ms: number): string {
    const { atMs, axis, phases, marks = [] } = this.#chart;
    // Between two dates there is nothing: the cursor is on the run that is nearest.
    const shown = axis === 'date' ? (atMs[this.#plot.valToIdx(ms)] ?? ms) : ms;
    const told = marks.filter((mark) => mark.atMs === shown).map(({ text }) => text);
    return [this.#axis.instant(shown), phaseAt(phases, shown), ...told]
      .filter((part) => part !== '')
      .join(' · ');
  }

  /** The values of the sample that is nearest. */
  #textsAt(ms: number): string[] {
    const { series, unit } = this.#chart;
    const sample = this.#plot.valToIdx(ms);
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

  #live(): HTMLElement {
    const live = element('div', 'live', this.#phases);
    live.tabIndex = 0;
    live.setAttribute('role', 'application');
    live.setAttribute(
      'aria-label',
      `${this.#chart.title}: arrow keys move the cursor, + and − zoom, 0 resets`,
    );
    live.addEventListener('keydown', (event) => this.#onKey(event));
    this.#status.setAttribute('role', 'status');
    return live;
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
    const from = this.#plot.valToIdx(cursorMs ?? range.min);
    const ms = atMs[cursorMs === null ? from : from + by];
    if (ms === undefined) return;
    const moved = Math.min(0, ms - range.min) + Math.max(0, ms - range.max);
    if (moved !== 0) this.#link.zoom({ min: range.min + moved, max: range.max + moved });
    this.#link.point(ms);
  }

  #fit(width: number): void {
    // While the page is printed it has no width.
    if (width > 0) this.#follow(() => this.#plot.setSize({ width, height: this.#plot.height }));
    this.showCursor();
  }

  #tellCursor({ cursor: { left = OUT_OF_SIGHT }, posToVal }: uPlot): void {
    if (!this.#isFollowing) this.#link.point(left < 0 ? null : posToVal(left, 'x'));
  }

  #zoomToSelection(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width === 0) return;
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.#link.zoom({ min: plot.posToVal(left, 'x'), max: plot.posToVal(left + width, 'x') });
  }
}
