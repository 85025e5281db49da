import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { runDocument } from '../cli/report/run-document.ts';
import { DECISION_WORDS } from '../cli/report/verdict-words.ts';
import { assertAgreement } from '../cli/testing/agreement.ts';
import { assertNoStack, assertRefused, assertVerdict, type Ended, Sandbox } from './suite.ts';

const sandbox = new Sandbox();

/** A pool that is too small for a quarter of the users: something to report. */
const PEAK = ['peak', '--time-scale', '0.05', '--vus-scale', '0.25'];

const report = (...args: string[]): Promise<Ended> =>
  sandbox.command(['report', ...args, '--results', sandbox.results]);

function assertDone(ended: Ended): string {
  assert.equal(ended.code, 0, ended.stderr);
  assertNoStack(ended);
  return ended.stdout;
}

/** Line by line: a whole page says little of where two differ. */
function assertSame(text: string, other: string): void {
  const others = other.split('\n');
  assert.equal(
    text.split('\n').find((line, i) => line !== others[i]),
    undefined,
  );
  assert.equal(text.length, other.length);
}

test('a run leaves its reports, which agree with its result, and can be made again at any time', async () => {
  const jobSummary = path.join(sandbox.folder, 'summary.md');
  const ended = await sandbox.run(PEAK, { env: { DB_POOL_MAX: '5', GITHUB_STEP_SUMMARY: jobSummary } });
  const run = sandbox.theRun;
  const { result } = run;
  const { words } = DECISION_WORDS[result.verdict.decision];
  assertVerdict(ended, 99, words);
  assert.ok(result.totals.errors > 0);
  assertAgreement(runDocument(result), result);

  const markdown = run.text('report.md');
  const html = run.text('report.html');
  assert.ok(markdown.startsWith('# Load test report: booking/peak\n'));
  assert.ok(markdown.includes(`\n\n**${words}**\n\n`));
  assert.match(markdown, /db_pool_timeout/);
  assert.equal(readFileSync(jobSummary, 'utf8'), markdown);
  assert.ok(ended.stdout.trimEnd().endsWith('report.html  report.md'));

  const again = await report();
  const text = assertDone(again);
  assert.ok(text.startsWith(`\n${words}  booking/peak on local (`));
  const withoutFiles = ended.stdout.replace(/ +report\.html {2}report\.md\n$/, '');
  assert.equal(text, withoutFiles, 'the same as after the run');

  const folder = run.folder;
  const shown = path.relative(process.cwd(), folder);
  for (const name of ['report.md', 'report.html']) writeFileSync(path.join(folder, name), '');
  const written = assertDone(
    await report('booking/peak', '--format', 'markdown,html', '-f', 'junit', '-f', 'csv'),
  );
  const files = ['report.md', 'report.html', 'junit.xml', 'windows.csv'];
  assert.deepEqual(
    written.trim().split('\n'),
    files.map((name) => path.join(shown, name)),
  );
  assert.equal(run.text('report.md'), markdown);
  assertSame(run.text('report.html'), html);
  assert.equal(run.text('junit.xml').match(/<testcase /g)?.length, result.criteria.length);
  assert.equal(run.text('windows.csv').split('\r\n').length, result.windows.startMs.length + 2);

  const elsewhere = path.join(sandbox.folder, 'kept.json');
  writeFileSync(elsewhere, run.text('result.json'));
  const piped = assertDone(await sandbox.command(['report', elsewhere, '-f', 'markdown', '-o', '-']));
  assert.equal(piped, markdown, 'the result alone is enough');

  const out = path.join(sandbox.folder, 'out', 'peak.xml');
  assertDone(await report(result.run.id.slice(0, 15), '-f', 'junit', '-o', out));
  assert.equal(readFileSync(out, 'utf8'), run.text('junit.xml'));

  assertRefused(await report('nothing'), 2, 'No run is named nothing.', result.run.id);
  assertRefused(
    await report('latest', '-f', 'html,csv', '-o', 'x'),
    2,
    '--output requires a single format. Without --output, each format is a separate file beside result.json.',
  );
  const wrong = await report('latest', '-f', 'pdf');
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /Expected terminal, html, markdown, junit, csv\./);
});
