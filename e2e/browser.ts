import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type BrowserContextOptions, chromium, type Browser as Engine, type Page, type Request } from 'playwright-core';

/** Paths of Chromium on Debian and on GitHub's hosted runners. */
const CHROMIUM_PATH = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync);

/** Reason to skip tests that need a browser; false if a browser is installed. */
export const NO_BROWSER_REASON = CHROMIUM_PATH ? false : 'chromium is not installed';

export const DESKTOP = { viewport: { width: 1280, height: 900 } };
export const PHONE = { viewport: { width: 360, height: 740 } };

/** Opens pages in Chromium and checks them. */
export class Browser {
  readonly #engine: Engine;
  readonly #axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

  private constructor(engine: Engine) {
    this.#engine = engine;
  }

  static async start(): Promise<Browser> {
    // Disable the sandbox for root, because Chromium does not start with a sandbox as root.
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    return new Browser(await chromium.launch({ executablePath: CHROMIUM_PATH, args }));
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  /** Visits a page. Fails if the page logs anything, throws an error, or sends a request that is not allowed. */
  async visit(
    address: string,
    options: BrowserContextOptions,
    isAllowed: (request: Request) => boolean,
    inspect: (page: Page) => Promise<void>,
  ): Promise<void> {
    await using context = await this.#engine.newContext(options);
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('console', (message) => problems.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('request', (request) => isAllowed(request) || problems.push(`requested ${request.url()}`));
    await page.goto(address);
    await inspect(page);
    assert.deepEqual(problems, []);
  }

  /** Asserts that axe finds no accessibility violations. */
  async assertAccessible(page: Page, pageState: string): Promise<void> {
    await page.evaluate(this.#axe);
    const violations = await page.evaluate<{ id: string; nodes: { html: string; failureSummary: string }[] }[]>(
      "axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations)",
    );
    const descriptions = violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`,
    );
    assert.deepEqual(descriptions, [], pageState);
  }
}
