import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { toHtml } from '../cli/report/html/index.ts';
import { runDocument } from '../cli/report/run-document.ts';
import { rushResult } from '../cli/testing/rush.ts';
import { Browser, DESKTOP, NO_BROWSER_REASON, PHONE } from './browser.ts';
import { eventually, Sandbox } from './sandbox.ts';

/** Report sections that together contain every kind of chart. */
const SECTIONS = ['summary', 'distribution', 'timeline', 'errors', 'flows', 'notes'];
const fullReport = runDocument(rushResult());
const report = { ...fullReport, sections: fullReport.sections.filter(({ id }) => SECTIONS.includes(id)) };
/**
 * Number of interactive charts, which show values over time, and of static images, one for each other kind of chart.
 */
const INTERACTIVE_CHARTS = 5;
const STATIC_CHARTS = 3;
/** Number of telemetry windows in each chart over time. */
const WINDOWS = 120;

suite('a report in the browser', { skip: NO_BROWSER_REASON }, () => {
  const sandbox = new Sandbox();
  const file = path.join(sandbox.folder, 'report.html');
  const address = pathToFileURL(file).href;
  let browser: Browser;

  before(async () => {
    await writeFile(file, await toHtml(report));
    browser = await Browser.start();
  });
  after(() => browser?.close());

  /** Opens the report. Fails if the page sends any request. */
  const visit = (options: BrowserContextOptions, inspect: (page: Page) => Promise<void>): Promise<void> =>
    browser.visit(address, options, (request) => request.url() === address, inspect);

  const live = (page: Page): Locator => page.locator('.live');
  const positions = (page: Page): Promise<string[]> => page.locator('.position').allTextContents();
  const cursors = (page: Page): Promise<string[]> =>
    page.locator('.cursor line').evaluateAll((all) => all.map((cursor) => cursor.getAttribute('x1') ?? ''));
  const values = (page: Page): Promise<string[]> => page.locator('.time .value').allTextContents();
  const background = (page: Page) => page.evaluate('getComputedStyle(document.body).backgroundColor');
  /** Asserts that all charts show the same text, and returns this text. */
  const commonText = (texts: string[]): string => {
    assert.equal(new Set(texts).size, 1, texts.join(' | '));
    return texts[0] as string;
  };

  test('an HTML report opened from a file shows the verdict first and has interactive charts', async () => {
    await visit(DESKTOP, async (page) => {
      assert.match(await page.locator('h1').innerText(), /CONDITIONAL GO/);
      const [verdict, contents] = await Promise.all(['h1', 'nav'].map((name) => page.locator(name).boundingBox()));
      assert.ok((verdict?.y ?? 0) < (contents?.y ?? 0));
      assert.equal(await live(page).count(), INTERACTIVE_CHARTS);
      for (const chart of await live(page).all()) assert.ok(await chart.locator('.plot > svg').isVisible());
      assert.equal(await page.locator('.time .picture > .plot').filter({ visible: true }).count(), 0);
    });
  });

  test('an interactive chart has the same size and position as the static image that it replaces', async () => {
    await visit(DESKTOP, async (page) => {
      const figure = page.locator('#chart-response-time');
      const interactive = await figure.locator('.live .plot > svg').boundingBox();
      await figure.evaluate(({ classList }) => classList.remove('is-live'));
      await figure.locator('.live').evaluate(({ style }) => {
        style.display = 'none';
      });
      assert.deepEqual(await figure.locator('.picture > .plot > svg').boundingBox(), interactive);
    });
  });

  test('without JavaScript, every chart in the HTML report is a static image with a table of its values', async () => {
    await visit({ ...DESKTOP, javaScriptEnabled: false }, async (page) => {
      const figures = page.locator('figure');
      assert.equal(await figures.count(), INTERACTIVE_CHARTS + STATIC_CHARTS);
      for (const figure of await figures.all()) assert.ok(await figure.locator('.picture svg').first().isVisible());
      assert.equal(await live(page).count(), 0);
      const table = page.locator('#chart-response-time details');
      assert.equal(await table.locator('table').isVisible(), false);
      await table.locator('summary').press('Enter');
      assert.ok(await table.getByText('ramp-up').first().isVisible());
      assert.equal(await table.locator('tbody tr').count(), WINDOWS);
    });
  });

  for (const javaScriptEnabled of [true, false])
    test(`on a phone, the HTML report fits the viewport and wide tables scroll by keyboard (JavaScript ${javaScriptEnabled ? 'on' : 'off'})`, async () => {
      await visit({ ...PHONE, javaScriptEnabled }, async (page) => {
        const widest = await page.evaluate<number>('document.documentElement.scrollWidth');
        assert.equal(widest, PHONE.viewport.width);
        const box = page.getByRole('group', {
          name: 'Criteria, with 95 % intervals',
        });
        assert.ok(await box.evaluate(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth));
        await box.focus();
        await page.keyboard.press('ArrowRight');
        await eventually('scrolling', async () => (await box.evaluate(({ scrollLeft }) => scrollLeft)) > 0);
      });
    });

  test('a table that needs no scrolling does not receive keyboard focus', async () => {
    await visit(DESKTOP, async (page) => {
      const box = page.getByRole('group', { name: 'Errors by kind' });
      await eventually('table without keyboard focus', async () => (await box.getAttribute('tabindex')) === null);
    });
  });

  test('the chart cursor appears in all charts at the same point in time, with the values of each chart', async () => {
    await visit(DESKTOP, async (page) => {
      assert.deepEqual(new Set(await values(page)), new Set(['']));
      await page.locator('#chart-response-time .live .plot > svg').hover({ position: { x: 400, y: 80 } });
      const before = commonText(await cursors(page));
      assert.match(commonText(await positions(page)), /^\d:\d\d · hold$/);
      for (const value of await values(page)) assert.match(value, /\d/);

      await page.locator('#chart-errors-by-kind .live .plot > svg').hover({ position: { x: 500, y: 80 } });
      assert.notEqual(commonText(await cursors(page)), before);

      await page.locator('h1').hover();
      assert.equal(commonText(await positions(page)), '');
      assert.deepEqual(new Set(await values(page)), new Set(['']));
    });
  });

  test('the values at the chart cursor match the table of values', async () => {
    await visit(DESKTOP, async (page) => {
      await page.locator('#chart-response-time .live').focus();
      for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowRight');
      const readings = await page.locator('#chart-response-time .value').allTextContents();
      const row = await page.locator('#chart-response-time tbody tr').nth(4).locator('td').allTextContents();
      assert.deepEqual(['ramp-up', ...readings], row);
    });
  });

  test('dragging in a chart zooms all charts, and a double click or the reset button shows the full range again', async () => {
    await visit(DESKTOP, async (page) => {
      const chart = page.locator('#chart-rate .live .plot > svg');
      const reset = page.getByRole('button', { name: 'Reset zoom' }).first();
      const zoom = async () => {
        await chart.hover({ position: { x: 200, y: 80 } });
        await page.mouse.down();
        await chart.hover({ position: { x: 500, y: 90 } });
        await page.mouse.up();
        await page.locator('h1').hover();
        assert.match(commonText(await positions(page)), /^2:\d\d–5:\d\d$/);
      };
      assert.equal(await reset.isVisible(), false);
      await zoom();
      await chart.dblclick({ position: { x: 300, y: 80 } });
      await page.locator('h1').hover();
      assert.equal(commonText(await positions(page)), '');

      await zoom();
      await reset.click();
      assert.equal(commonText(await positions(page)), '');
      assert.equal(await reset.isVisible(), false);
    });
  });

  test('keyboard users can focus a chart, move its cursor and zoom', async () => {
    await visit(DESKTOP, async (page) => {
      const focused = page.locator(':focus');
      await page.keyboard.press('Tab');
      assert.equal(await focused.innerText(), 'Skip to the report');
      await page.keyboard.press('Enter');
      while ((await focused.getAttribute('role')) !== 'application') await page.keyboard.press('Tab');

      const ring = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
      assert.equal(ring, 'solid');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      const first = commonText(await positions(page));
      assert.equal(first, '0:05 · ramp-up');
      assert.match(await page.getByRole('status').first().innerText(), /^0:05 · ramp-up, VUs 50$/);

      const reset = page.getByRole('button', { name: 'Reset zoom' }).first();
      await page.keyboard.press('+');
      await page.keyboard.press('+');
      assert.ok(await reset.isVisible());
      const zoomed = commonText(await page.locator('.live .phases').allTextContents());
      for (let i = 0; i < 60; i++) await page.keyboard.press('ArrowRight');
      assert.equal(commonText(await positions(page)), '5:05 · hold');
      assert.notEqual(
        commonText(await page.locator('.live .phases').allTextContents()),
        zoomed,
        'the zoomed range moved with the cursor',
      );

      await page.keyboard.press('-');
      await page.keyboard.press('-');
      assert.equal(await reset.isVisible(), false);
      await page.keyboard.press('+');
      await page.keyboard.press('0');
      assert.equal(await reset.isVisible(), false);
    });
  });

  test('the HTML report redraws its charts when the color scheme of the system changes', async () => {
    const picture = (page: Page) => page.evaluate("getComputedStyle(document.querySelector('.live .line')).stroke");
    await visit({ ...DESKTOP, colorScheme: 'dark' }, async (page) => {
      assert.equal(await background(page), 'rgb(20, 23, 26)');
      const dark = await picture(page);
      await page.emulateMedia({ colorScheme: 'light' });
      assert.equal(await background(page), 'rgb(255, 255, 255)');
      await eventually('redrawn chart', async () => (await picture(page)) !== dark);
    });
  });

  test('a printed HTML report shows static images in light colors and no controls', async () => {
    await visit({ ...DESKTOP, colorScheme: 'dark' }, async (page) => {
      await page.emulateMedia({ media: 'print' });
      for (const figure of await page.locator('figure').all())
        assert.ok(await figure.locator('.picture > :not(.live) svg, .picture > .plot svg').first().isVisible());
      for (const name of ['.live', 'button', 'summary', '.hint'])
        assert.equal(await page.locator(name).filter({ visible: true }).count(), 0, name);
      assert.equal(await background(page), 'rgb(255, 255, 255)');
      assert.ok((await page.pdf()).length > 0);
    });
  });

  for (const [name, options] of Object.entries({
    light: DESKTOP,
    dark: { ...DESKTOP, colorScheme: 'dark' },
    phone: PHONE,
    'dark phone': { ...PHONE, colorScheme: 'dark' },
  } satisfies Record<string, BrowserContextOptions>))
    test(`the HTML report has no accessibility violations: ${name}`, async () => {
      await visit(options, async (page) => {
        await browser.assertAccessible(page, 'after opening');
        for (const summary of await page.locator('summary').all()) await summary.press('Enter');
        await live(page).first().focus();
        for (const key of ['ArrowRight', '+', '+']) await page.keyboard.press(key);
        await browser.assertAccessible(page, 'with tables open and charts zoomed');
      });
    });
});
