import { existsSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { annotationsOf } from '../github/annotations.ts';
import { type Annotation, annotationLine, setOutputs } from '../github/commands.ts';
import { addProduct } from '../github/product.ts';
import { REPORT_FORMATS } from '../report/formats.ts';
import { runReportSource } from '../report/run-document.ts';
import { writeReports } from '../report/write-reports.ts';
import { runsIn } from '../results/find.ts';
import { loadResult } from '../results/load.ts';
import { config, TESTS } from '../support/config.ts';
import { fromWhereTyped, processEnvironment } from './environment.ts';
import { type ResultsOption, resultsOf, withResultsOption } from './places.ts';

const EXAMPLES = `
Examples:
  npm run suite -- ci report                     after a run, whatever became of it
  npm run suite -- ci add-product ../shop shop   tests of another repository, as tests/shop`;

/** What the workflows in .github do beside running tests. */
export function ciCommand(): Command {
  return new Command('ci')
    .description('steps of the workflows of GitHub Actions')
    .addCommand(
      withResultsOption(
        new Command('report').description(
          'tell GitHub of the latest run: annotations, outputs, and its summary if it has none',
        ),
      ).action(report),
    )
    .addCommand(
      new Command('add-product')
        .description('add a product whose tests are in another repository')
        .argument('<folder>', 'folder that holds product.ts and the tests')
        .argument('<product>', 'its name')
        .action(add),
    )
    .addHelpText('afterAll', EXAMPLES);
}

const NO_RUN: Annotation = {
  level: 'warning',
  title: 'There is no run',
  message: 'The test was not started. The log of the step before says why.',
};

/** It comes after a run however that ended, so one that left nothing is no failure of this. */
async function report(options: ResultsOption): Promise<void> {
  const latest = (await runsIn(resultsOf(options))).at(-1);
  if (!latest) return tell([NO_RUN]);
  const { result, folder } = await loadResult(latest.folder);
  tell(annotationsOf(result));
  await setOutputs({ decision: result.verdict.decision, run: result.run.id }, processEnvironment);
  // A run that was killed had no time for its reports.
  if (existsSync(path.join(folder, REPORT_FORMATS.markdown.file))) return;
  const { problems } = await writeReports(runReportSource(result), folder, processEnvironment);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
}

async function add(folder: string, product: string): Promise<void> {
  await addProduct(fromWhereTyped(folder), product, TESTS);
  process.stdout.write(`Added: ${config.tests}/${product}\n`);
}

function tell(annotations: readonly Annotation[]): void {
  for (const annotation of annotations) process.stdout.write(`${annotationLine(annotation)}\n`);
}
