import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type BrowserContextOptions,
  chromium,
  type Browser as Engine,
  type Page,
  type Request,
} from 'playwright-core';

/** Debian's, and the one that hosted runners have. */
const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync);

/** Why tests with a browser are left out; false where they are not. */
export const WITHOUT_BROWSER = CHROMIUM ? false : 'chromium is not installed';

export const DESKTOP = { viewport: { width: 1280, height: 900 } };
export const PHONE = { viewport: { width: 360, height: 740 } };

/** What users open, looked at as they would. */
export class Browser {
  readonly #engine: Engine;
  readonly #axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

  private constructor(engine: Engine) {
    this.#engine = engine;
  }

  static async start(): Promise<Browser> {
    // As root it has no sandbox.
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    return new Browser(await chromium.launch({ executablePath: CHROMIUM, args }));
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  /** Opens a page, in which nothing may go wrong, and which may fetch nothing but what it is allowed to. */
  async look(
    address: string,
    options: BrowserContextOptions,
    mayAskFor: (request: Request) => boolean,
    atPage: (page: Page) => Promise<void>,
  ): Promise<void> {
    await using context = await this.#engine.newContext(options);
    const page = await context.newPage();
    const wrong: string[] = [];
    page.on('console', (message) => wrong.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => wrong.push(String(error)));
    page.on('request', (request) => mayAskFor(request) || wrong.push(`asked for ${request.url()}`));
    await page.goto(address);
    await atPage(page);
    assert.deepEqual(wrong, []);
  }

  /** axe finds nothing that keeps anybody from using the page. */
  async assertAccessible(page: Page, where: string): Promise<void> {
    await page.evaluate(this.#axe);
    const violations = await page.evaluate<
      { id: string; nodes: { html: string; failureSummary: string }[] }[]
    >("axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations)");
    const told = violations.map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`,
    );
    assert.deepEqual(told, [], where);
  }
}
