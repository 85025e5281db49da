import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { toMarkdown } from '../report/markdown.ts';
import { runDocument } from '../report/run-document.ts';
import { writeResult } from '../results/run-folder.ts';
import { ROOT } from '../support/paths.ts';
import { temporaryFolder } from '../testing/environment.ts';
import { rushResult } from '../testing/rush.ts';

const result = rushResult();
const { run, verdict } = result;

/** Runs `ci report` with new output and summary files, as GitHub Actions runs a workflow step. */
function step(t: TestContext) {
  const folder = temporaryFolder(t);
  const results = path.join(folder, 'results');
  const [output, summary] = ['output', 'summary'].map((name) => path.join(folder, name)) as [string, string];
  const env = { ...process.env, GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary };
  const args = [path.join(ROOT, 'cli', 'main.ts'), 'ci', 'report', '--results', results];
  return {
    results,
    output,
    summary,
    report: async () => (await promisify(execFile)(process.execPath, args, { env })).stdout.trim().split('\n'),
  };
}

test('if a run was killed before it wrote reports, `ci report` writes the step outputs and a summary', async (t) => {
  const { results, output, summary, report } = step(t);
  const place = path.join(results, run.product, run.test, run.id);
  mkdirSync(place, { recursive: true });
  await writeResult(place, result);

  const lines = await report();
  assert.match(lines[0] ?? '', /^::warning title=CONDITIONAL GO%3A shop\/rush on local::/);
  assert.ok(lines.every((line) => /^::(error|warning|notice) title=/.test(line)));
  assert.equal(readFileSync(output, 'utf8'), `decision=${verdict.decision}\nrun=${run.id}\n`);
  assert.equal(readFileSync(summary, 'utf8'), toMarkdown(runDocument(result)));

  assert.deepEqual(await report(), lines);
  assert.equal(readFileSync(summary, 'utf8'), toMarkdown(runDocument(result)), 'the second report adds no summary');
});

test('`ci report` warns, but does not fail, if there is no run', async (t) => {
  assert.deepEqual(await step(t).report(), [
    '::warning title=No run found::The test did not start. The log of the previous step says why.',
  ]);
});
