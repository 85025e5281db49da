import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { DEFAULT_BRANCH, HistoryStore } from '../cli/history/history-store.ts';
import { DECISION_WORDS } from '../cli/report/verdict-words.ts';
import { FakeGitHub } from '../cli/testing/fake-github.ts';
import { GIT_ENV, git } from '../cli/testing/history.ts';
import { alarmsOf, type HistoryRecord, historiesOf, recordOf } from '../lib/core/across-runs/index.ts';
import { seededRandom } from '../lib/core/numbers/index.ts';
import { nightStartMs, simulateNights, TWO_MONTHS_SIMULATION } from '../lib/core/testing/history.ts';
import { Browser, DESKTOP, NO_BROWSER_REASON, PHONE } from './browser.ts';
import { assertNoStack, assertRefused, type CommandExit, Sandbox } from './sandbox.ts';

const FLOW = ['booking/business-flow', '--time-scale', '0.015', '--vus-scale', '0.8'];
const HOUR_MS = 3_600_000;
const { nights: NIGHTS, dropsAtNight: DROP_NIGHT, withoutRun: WITHOUT_RUN } = TWO_MONTHS_SIMULATION;
const [FIRST_GAP = 0] = WITHOUT_RUN;

const day = (night: number): string => new Date(nightStartMs(night)).toISOString().slice(0, 10);
const atNight = (night: number): string => new Date(nightStartMs(night) + HOUR_MS).toISOString();

suite('a history of real runs', () => {
  const sandbox = new Sandbox();
  const clones = ['first', 'second'].map((name) => path.join(sandbox.folder, name)) as [string, string];
  const runs: { folder: string; words: string; record: HistoryRecord }[] = [];
  let remote: string;

  const history = (args: string[], repository = clones[0], env: Record<string, string> = {}): Promise<CommandExit> =>
    sandbox.runCommand(['history', ...args, '--repository', repository], {
      env: { ...GIT_ENV, PATH: sandbox.env.PATH ?? '', ...env },
    });

  function outputOf({ code, stdout, stderr }: CommandExit, expected: number): string {
    assert.equal(code, expected, stderr + stdout);
    assertNoStack({ stdout, stderr });
    return stdout;
  }

  before(async () => {
    remote = sandbox.subfolder('remote.git');
    git(remote, 'init', '--quiet', '--bare', '--initial-branch=main');
    for (const clone of clones)
      execFileSync('git', ['clone', '--quiet', remote, clone], { env: GIT_ENV, stdio: 'ignore' });
    for (const TARGET_FAULTS of ['', 'whatsapp-429:0.2']) {
      const exit = await sandbox.run(FLOW, { env: { TARGET_FAULTS } });
      const { folder, result } = sandbox.lastRun;
      assert.ok(result.verdict.decision !== 'INVALID', exit.stderr);
      runs.push({ folder, words: DECISION_WORDS[result.verdict.decision].words, record: recordOf(result) });
    }
  });

  test('history stores each run once if two clones append runs at the same time', async () => {
    writeFileSync(path.join(clones[0], 'notes.txt'), 'must not change');
    const added = await Promise.all(runs.map(({ folder }, i) => history(['append', folder], clones[i])));
    for (const [i, exit] of added.entries())
      assert.match(
        outputOf(exit, 0),
        new RegExp(`^booking/business-flow ${runs[i]?.record.run.id}: added to branch load-history of origin\n$`),
      );
    const again = await history(['append', ...runs.map(({ folder }) => folder)]);
    assert.equal(outputOf(again, 0).match(/is already on branch load-history of origin/g)?.length, 2);
    assert.equal(git(remote, 'rev-list', '--count', DEFAULT_BRANCH), '2');
    assert.equal(git(clones[0], 'status', '--porcelain'), '?? notes.txt');

    const text = outputOf(await history(['--test', 'business-flow']), 0);
    assert.match(text, /history of booking: 2 runs of business-flow on local, time × 0\.015, VUs × 0\.8/);
    for (const { record } of runs) {
      const [flow] = record.flows;
      assert.ok(flow && flow.succeeded < flow.iterations, 'the run has failures to resample');
    }
  });

  test('history refuses invalid arguments and shows the expected values', async () => {
    for (const [args, message] of [
      [['--since', 'yesterday'], /Expected a day such as/],
      [['check', '--target', '95'], /Expected a rate between 0 and 1/],
      [['check', '--every', 'night'], /Expected hours, days or weeks/],
      [['--format', 'pdf'], /Allowed choices are terminal, markdown, html/],
    ] as const) {
      const { code, stderr } = await history([...args]);
      assert.equal(code, 2);
      assert.match(stderr, message);
    }
    assertRefused(await history(['--product', 'nothing']), 2, /There are runs of booking\/business-flow\.$/m);
    assertRefused(await history([], sandbox.temp), 2, 'is not in a git repository');
    assertRefused(await history(['alert']), 2, 'Set GITHUB_TOKEN and GITHUB_REPOSITORY');
  });

  suite('resampled to two months', () => {
    const pages = path.join(sandbox.folder, 'site');
    let records: HistoryRecord[];

    before(async () => {
      const [usual, worse] = runs.map(({ record }) => record) as [HistoryRecord, HistoryRecord];
      records = simulateNights([usual], [worse], TWO_MONTHS_SIMULATION, seededRandom(2026));
      const store = await HistoryStore.open(clones[0], 'two-months', GIT_ENV);
      await store.append(records);
    });

    const twoMonths = (...args: string[]) => history([...args, '--branch', 'two-months'], clones[1]);

    test('history raises no alarm before the success rate drops, and an alarm every night after the drop', async () => {
      const alarmsAt = (night: number) => {
        const untilMs = nightStartMs(night) + HOUR_MS;
        return alarmsOf(historiesOf(records, { untilMs }), { untilMs }).map(({ kind }) => kind);
      };
      for (let night = 1; night < DROP_NIGHT; night++) assert.deepEqual(alarmsAt(night), [], `night ${night}`);
      for (let night = DROP_NIGHT + 5; night <= NIGHTS; night++)
        assert.ok(alarmsAt(night).includes('below-target'), `night ${night}`);
      for (const night of WITHOUT_RUN) assert.ok(alarmsAt(night + 1).includes('missing'), `night ${night}`);

      const before = await twoMonths('check', '--until', atNight(DROP_NIGHT - 1));
      assert.equal(outputOf(before, 0), 'Nothing needs attention.\n');
    });

    test('history check reports when the success rate dropped, the suspected commits and the failing step', async () => {
      const text = outputOf(await twoMonths('check', '--until', atNight(NIGHTS)), 99).replace(/\s+/g, ' ');
      const [, dropDay] = /fell from 9\d\.\d % to 9\d\.\d % between \S+ \S+ and (\S+) /.exec(text) ?? [];
      assert.ok([-1, 0, 1].map((offset) => day(DROP_NIGHT + offset)).includes(dropDay ?? ''), `${dropDay} in: ${text}`);
      assert.match(text, /The step send-confirmation explains this change/);
      assert.match(text, /Failures “send-confirmation: status 429” rose from 0 %/);
      assert.match(text, /commits 00(38|39|40)a{6}\.\.00(39|40|41)a{6}\./);
    });

    test('history alert opens, updates and closes a single issue', async (t) => {
      const fake = await FakeGitHub.start(t);
      const alert = async (night: number) =>
        outputOf(
          await history(
            ['alert', '--branch', 'two-months', '--until', atNight(night)],
            clones[1],
            fake.env as Record<string, string>,
          ),
          0,
        );
      assert.equal(await alert(DROP_NIGHT - 1), 'booking: issue not needed\n');
      assert.match(await alert(DROP_NIGHT + 5), /^booking: issue opened https/);
      assert.match(await alert(NIGHTS), /^booking: issue updated https/);
      assert.equal(fake.issues.length, 1);
      assert.match(fake.issues[0]?.body ?? '', /The step send-confirmation explains this change/);
      assert.match(await alert(DROP_NIGHT - 1), /^booking: issue closed https/);
      assert.deepEqual(fake.wrong, []);
    });

    test('history prints the same sentences in Markdown and in the terminal', async () => {
      const args = ['--until', atNight(NIGHTS)];
      const [terminal, markdown] = (
        await Promise.all([twoMonths(...args), twoMonths(...args, '--format', 'markdown')])
      ).map((exit) => outputOf(exit, 0).replace(/\s+/g, ' ')) as [string, string];
      for (const pattern of [
        /in the latest run; 9\d\.\d % \(.*?\) over the latest \d+ runs/,
        /58 runs, every day\. Missing: .*?\)\./,
      ]) {
        const [sentence = 'nothing'] = pattern.exec(terminal) ?? [];
        assert.ok(markdown.includes(sentence), `${sentence} in Markdown`);
      }
    });

    suite('as pages in the browser', { skip: NO_BROWSER_REASON }, () => {
      let browser: Browser;
      const file = (name: string) => pathToFileURL(path.join(pages, name)).href;

      before(async () => {
        const { product, test, id } = (records.at(-1) as HistoryRecord).run;
        const report = path.join(pages, product, test, id, 'report.html');
        mkdirSync(path.dirname(report), { recursive: true });
        writeFileSync(report, readFileSync(path.join(runs[0]?.folder ?? '', 'report.html')));
        outputOf(await twoMonths('--until', atNight(NIGHTS), '--format', 'html', '--output', pages), 0);
        browser = await Browser.start();
      });
      after(() => browser?.close());

      /** Opens a page. Fails if the page requests anything other than pages of the site. */
      const visit = (
        name: string,
        options: BrowserContextOptions,
        inspect: (page: Page) => Promise<void>,
      ): Promise<void> => browser.visit(file(name), options, (request) => request.isNavigationRequest(), inspect);

      test('the index page of the history site links to the history and to the report of a run', async () => {
        const [{ words = '' } = {}] = runs;
        await visit('index.html', {}, async (page) => {
          assert.match(await page.locator('h1').innerText(), /Load test history\s+ALERT/);
          await page.getByRole('link', { name: 'booking', exact: true }).click();
          assert.match(await page.locator('h1').innerText(), /History of booking\s+ALERT/);
          await page.goBack();
          await page.getByRole('link', { name: day(NIGHTS) }).click();
          const head = await page.locator('h1').innerText();
          assert.match(head, /Load test report: booking\/business-flow/);
          assert.ok(head.includes(words), `${words} in ${head}`);
          assert.ok((await page.locator('.live').count()) > 0);
          await browser.assertAccessible(page, 'the report of a real run');
        });
      });

      test('the history chart shows every night, the drop of the success rate and both gaps', async () => {
        await visit('booking.html', DESKTOP, async (page) => {
          const chart = page.locator('.chart.time').first();
          assert.match(await chart.innerText(), /Success of booking, by run/);
          const rows = await chart
            .locator('tbody tr')
            .evaluateAll((all) => all.map((row) => [...row.children].map(({ textContent }) => textContent ?? '')));
          assert.equal(rows.length, NIGHTS, 'the table has a row per night');
          const dayOf = (text: RegExp) =>
            rows.filter(([, , , , note]) => text.test(note ?? '')).map(([time]) => time?.slice(0, 10));
          assert.deepEqual(dayOf(/^no run$/), WITHOUT_RUN.map(day));
          const [dropDay, ...otherDrops] = dayOf(/fell/);
          assert.deepEqual(otherDrops, []);
          assert.ok([-1, 0, 1].map((offset) => day(DROP_NIGHT + offset)).includes(dropDay ?? ''), dropDay);
          for (const picture of ['.picture > .plot', '.live .plot'])
            assert.equal(await chart.locator(`${picture} .marks line`).count(), 3);
          assert.ok(await chart.locator('.live .plot > svg').isVisible());

          await chart.locator('.live').focus();
          for (let night = 1; night <= FIRST_GAP; night++) await page.keyboard.press('ArrowRight');
          assert.match(await chart.locator('.position').innerText(), new RegExp(`^${day(FIRST_GAP)} .* · no run$`));
          const values = await chart.locator('.value').allTextContents();
          assert.deepEqual([values[0], values[2]], ['–', '95.0 %']);
          const positions = await page.locator('.position').allTextContents();
          assert.equal(new Set(positions.map((text) => text.slice(0, 10))).size, 1, 'all charts show the same night');
        });
      });

      for (const [name, options] of Object.entries({
        light: DESKTOP,
        dark: { ...DESKTOP, colorScheme: 'dark' },
        phone: PHONE,
      } satisfies Record<string, BrowserContextOptions>))
        test(`history pages have no accessibility violations and fit the viewport: ${name}`, async () => {
          for (const name of ['index.html', 'booking.html'])
            await visit(name, options, async (page) => {
              await browser.assertAccessible(page, name);
              assert.equal(await page.evaluate('document.documentElement.scrollWidth'), options.viewport.width);
            });
        });

      test('without JavaScript, the history chart is an image with a text alternative', async () => {
        await visit('booking.html', { javaScriptEnabled: false }, async (page) => {
          const picture = page.locator('.chart.time .plot > svg').first();
          assert.ok(await picture.isVisible());
          const label = (await picture.getAttribute('aria-label')) ?? '';
          for (const night of WITHOUT_RUN) assert.match(label, new RegExp(`${day(night)} 23:17: no run\\.`));
          assert.match(label, /success of booking fell from 9\d\.\d % to 9\d\.\d %\./);
        });
      });
    });
  });
});
