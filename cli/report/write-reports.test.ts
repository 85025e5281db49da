import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import type { Result } from '../../lib/core/evidence/index.ts';
import { temporaryFolder } from '../testing/environment.ts';
import { rushResult } from '../testing/rush.ts';
import { MAX_JOB_SUMMARY_BYTES, toMarkdown } from './markdown.ts';
import { runDocument, runReportSource } from './run-document.ts';
import { writeReports } from './write-reports.ts';

const result = rushResult();

describe('writeReports', () => {
  test('writeReports writes the HTML and Markdown reports and no other files', async (t) => {
    const folder = temporaryFolder(t);
    assert.deepEqual(await writeReports(runReportSource(result), folder, {}), {
      files: ['report.html', 'report.md'],
      problems: [],
    });
    assert.deepEqual(readdirSync(folder).sort(), ['report.html', 'report.md']);
    assert.equal(readFileSync(path.join(folder, 'report.md'), 'utf8'), toMarkdown(runDocument(result)));
    assert.match(readFileSync(path.join(folder, 'report.html'), 'utf8'), /^<!doctype html>/i);
  });

  test('writeReports appends the Markdown report to the job summary of GitHub', async (t) => {
    const folder = temporaryFolder(t);
    const summary = path.join(folder, 'summary.md');
    writeFileSync(summary, '# Before\n');
    await writeReports(runReportSource(result), folder, { GITHUB_STEP_SUMMARY: summary });
    assert.equal(readFileSync(summary, 'utf8'), `# Before\n${toMarkdown(runDocument(result))}`);
  });

  test('writeReports keeps the job summary within its size limit if earlier steps wrote to the summary', async (t) => {
    const folder = temporaryFolder(t);
    const summary = path.join(folder, 'summary.md');
    appendFileSync(summary, 'x'.repeat(MAX_JOB_SUMMARY_BYTES - 20_000));
    await writeReports(runReportSource(result), folder, { GITHUB_STEP_SUMMARY: summary });
    const text = readFileSync(summary, 'utf8');
    assert.ok(Buffer.byteLength(text) <= MAX_JOB_SUMMARY_BYTES);
    assert.match(text, /# Load test report: shop\/rush/);
  });

  test('writeReports returns a message for each report that cannot be written, and writes the others', async (t) => {
    const folder = temporaryFolder(t);
    mkdirSync(path.join(folder, 'report.html'));
    const { files, problems } = await writeReports(runReportSource(result), folder, {
      GITHUB_STEP_SUMMARY: path.join(folder, 'no', 'such', 'folder.md'),
    });
    assert.deepEqual(files, ['report.md']);
    assert.equal(problems.length, 2);
    assert.match(problems[0] ?? '', /^Could not create report\.html: Cannot write /);
    assert.match(problems[1] ?? '', /^Could not create the job summary: /);
  });

  test('writeReports returns a message for each report that cannot be rendered', async (t) => {
    const folder = temporaryFolder(t);
    const broken = { ...result, endpoints: null } as unknown as Result;
    const { files, problems } = await writeReports(runReportSource(broken), folder, {});
    assert.deepEqual(files, []);
    assert.equal(problems.length, 2);
    assert.ok(!existsSync(path.join(folder, 'report.md')));
  });
});
