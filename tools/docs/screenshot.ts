/**
 * Takes the screenshot of an HTML report for the README.
 *
 *     DB_POOL_MAX=5 npm run test:peak -- --time-scale 0.05 --vus-scale 0.25
 *     node tools/docs/screenshot.ts results/booking/peak/<run>/report.html
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { ROOT } from '../../cli/support/paths.ts';

const SCREENSHOT = path.join(ROOT, 'docs', 'images', 'report.png');
const VIEWPORT = { width: 1100, height: 1180 };

const [report] = process.argv.slice(2);
if (!report) throw new Error('No report given. Give the path of a report.html.');
const browser = await chromium.launch({
  executablePath: ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync),
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
try {
  const page = await browser.newPage({ viewport: VIEWPORT });
  await page.goto(pathToFileURL(path.resolve(report)).href);
  await page.screenshot({ path: SCREENSHOT });
  process.stdout.write(`Written: ${path.relative(ROOT, SCREENSHOT)}\n`);
} finally {
  await browser.close();
}
