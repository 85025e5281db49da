import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { runDocument } from '../cli/report/run-document.ts';
import { DECISION_WORDS } from '../cli/report/verdict-words.ts';
import { assertAgreement } from '../cli/testing/agreement.ts';
import { assertNoStack, assertRefused, assertVerdict, type CommandExit, Sandbox } from './sandbox.ts';

const sandbox = new Sandbox();

/** Settings for a quarter of the users. The connection pool is too small, so that the report contains failures. */
const PEAK = ['peak', '--time-scale', '0.05', '--vus-scale', '0.25'];

const report = (...args: string[]): Promise<CommandExit> =>
  sandbox.runCommand(['report', ...args, '--results', sandbox.results]);

function assertSucceeded(exit: CommandExit): string {
  assert.equal(exit.code, 0, exit.stderr);
  assertNoStack(exit);
  return exit.stdout;
}

/** Compares line by line, because a diff of whole pages is unreadable. */
function assertSame(text: string, expected: string): void {
  const expectedLines = expected.split('\n');
  assert.equal(
    text.split('\n').find((line, i) => line !== expectedLines[i]),
    undefined,
  );
  assert.equal(text.length, expected.length);
}

test('all report formats agree with the result file, and the report command recreates them', async () => {
  const jobSummary = path.join(sandbox.folder, 'summary.md');
  const exit = await sandbox.run(PEAK, { env: { DB_POOL_MAX: '5', GITHUB_STEP_SUMMARY: jobSummary } });
  const run = sandbox.lastRun;
  const { result } = run;
  const { words } = DECISION_WORDS[result.verdict.decision];
  assertVerdict(exit, 99, words);
  assert.ok(result.totals.errors > 0);
  assertAgreement(runDocument(result), result);

  const markdown = run.read('report.md');
  const html = run.read('report.html');
  assert.ok(markdown.startsWith('# Load test report: booking/peak\n'));
  assert.ok(markdown.includes(`\n\n**${words}**\n\n`));
  assert.match(markdown, /db_pool_timeout/);
  assert.equal(readFileSync(jobSummary, 'utf8'), markdown);
  assert.ok(exit.stdout.trimEnd().endsWith('report.html  report.md'));

  const repeated = await report();
  const text = assertSucceeded(repeated);
  assert.ok(text.startsWith(`\n${words}  booking/peak on local (`));
  const withoutFiles = exit.stdout.replace(/ +report\.html {2}report\.md\n$/, '');
  assert.equal(text, withoutFiles, 'the report is the same as after the run');

  const folder = run.folder;
  const shown = path.relative(process.cwd(), folder);
  for (const name of ['report.md', 'report.html']) writeFileSync(path.join(folder, name), '');
  const written = assertSucceeded(
    await report('booking/peak', '--format', 'markdown,html', '-f', 'junit', '-f', 'csv'),
  );
  const files = ['report.md', 'report.html', 'junit.xml', 'windows.csv'];
  assert.deepEqual(
    written.trim().split('\n'),
    files.map((name) => path.join(shown, name)),
  );
  assert.equal(run.read('report.md'), markdown);
  assertSame(run.read('report.html'), html);
  assert.equal(run.read('junit.xml').match(/<testcase /g)?.length, result.criteria.length);
  assert.equal(run.read('windows.csv').split('\r\n').length, result.windows.startMs.length + 2);

  const copiedResult = path.join(sandbox.folder, 'copy.json');
  writeFileSync(copiedResult, run.read('result.json'));
  const piped = assertSucceeded(await sandbox.runCommand(['report', copiedResult, '-f', 'markdown', '-o', '-']));
  assert.equal(piped, markdown, 'a report only needs the result file');

  const out = path.join(sandbox.folder, 'out', 'peak.xml');
  assertSucceeded(await report(result.run.id.slice(0, 15), '-f', 'junit', '-o', out));
  assert.equal(readFileSync(out, 'utf8'), run.read('junit.xml'));

  assertRefused(await report('nothing'), 2, 'No run is named nothing.', result.run.id);
  assertRefused(
    await report('latest', '-f', 'html,csv', '-o', 'x'),
    2,
    '--output requires a single format. Without --output, each format is a separate file beside result.json.',
  );
  const unknownFormat = await report('latest', '-f', 'pdf');
  assert.equal(unknownFormat.code, 2);
  assert.match(unknownFormat.stderr, /Expected terminal, html, markdown, junit, csv\./);
});
