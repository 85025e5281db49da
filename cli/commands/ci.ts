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
import { fromUserFolder, processEnvironment } from './environment.ts';
import { type ResultsOption, resultsOf, withResultsOption } from './folder-options.ts';

const EXAMPLES = `
Examples:
  npm run suite -- ci report                     after a run, also if it failed
  npm run suite -- ci add-product ../shop shop   adds tests of another repository as tests/shop`;

/** Returns the `ci` command, whose subcommands are steps of the workflows in .github. */
export function ciCommand(): Command {
  return new Command('ci')
    .description('steps of GitHub Actions workflows')
    .addCommand(
      withResultsOption(
        new Command('report').description(
          'report the latest run to GitHub: annotations, step outputs, and the job summary if it is missing',
        ),
      ).action(report),
    )
    .addCommand(
      new Command('add-product')
        .description('add a product from another repository')
        .argument('<folder>', 'folder with product.ts and the tests')
        .argument('<product>', 'name of the product')
        .action(add),
    )
    .addHelpText('afterAll', EXAMPLES);
}

const NO_RUN: Annotation = {
  level: 'warning',
  title: 'No run found',
  message: 'The test did not start. The log of the previous step says why.',
};

/**
 * Reports the latest run to GitHub. A missing run is only a warning, because the workflow step that starts the run has
 * already failed.
 */
async function report(options: ResultsOption): Promise<void> {
  const latest = (await runsIn(resultsOf(options))).at(-1);
  if (!latest) return printAnnotations([NO_RUN]);
  const { result, folder } = await loadResult(latest.folder);
  printAnnotations(annotationsOf(result));
  await setOutputs({ decision: result.verdict.decision, run: result.run.id }, processEnvironment);
  // A run that was killed has no report files yet, so write them here.
  if (existsSync(path.join(folder, REPORT_FORMATS.markdown.file))) return;
  const { problems } = await writeReports(runReportSource(result), folder, processEnvironment);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
}

async function add(folder: string, product: string): Promise<void> {
  await addProduct(fromUserFolder(folder), product, TESTS);
  process.stdout.write(`Added: ${config.tests}/${product}\n`);
}

function printAnnotations(annotations: readonly Annotation[]): void {
  for (const annotation of annotations) process.stdout.write(`${annotationLine(annotation)}\n`);
}
