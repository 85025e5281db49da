import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { REPORT_FORMATS as FILES, type FormatName, formatNamesFor, rendererOf } from '../report/formats.ts';
import { writeFileAtomically } from '../results/run-folder.ts';
import { shown } from '../support/paths.ts';
import { Problem } from '../support/problem.ts';
import { EXAMPLE_PRODUCT } from './arguments.ts';
import { fromUserFolder, userFolder } from './environment.ts';
import { type ResultsOption, resultsOf, withResultsOption } from './folder-options.ts';
import { findSubject, type Subject } from './report-subject.ts';

const TERMINAL = 'terminal';
const STANDARD_OUTPUT = '-';
type Format = FormatName | typeof TERMINAL;
const FORMATS: Format[] = [TERMINAL, ...formatNamesFor('run')];

interface Options extends ResultsOption {
  format?: Format[];
  output?: string;
}

const EXAMPLES = `
Name a run by its folder, its result.json, its ID or the beginning of its ID, product/test for the latest run of a test, or
latest. If a run was killed, its report is made from the files in the run folder. Name a campaign by its folder.

Examples:
  npm run report                                       shows the latest run
  npm run report -- ${EXAMPLE_PRODUCT}/peak --format html         writes report.html beside its result
  npm run report -- 20261121T0607 -f html,markdown,junit,csv
  npm run report -- latest --format junit --output out/peak.xml
  npm run report -- ${EXAMPLE_PRODUCT}/campaigns/20261121T081207Z-6f7453 -f html,markdown
  npm run --silent report -- --format csv --output -   writes to standard output`;

export function reportCommand(): Command {
  const command = new Command('report')
    .description('show or write the report of a run or campaign')
    .argument('[run]', 'run or campaign', 'latest')
    .option(
      '-f, --format <formats>',
      `comma-separated list of ${FORMATS.join(', ')} (default: ${TERMINAL})`,
      collectFormats,
    )
    .option('-o, --output <file>', 'output file (default: beside result.json); - for standard output');
  return withResultsOption(command).addHelpText('after', EXAMPLES).action(report);
}

async function report(name: string, { format = [TERMINAL], output, ...options }: Options): Promise<void> {
  const formats = new Set(format);
  if (output !== undefined && formats.size > 1)
    throw new Problem(
      '--output requires a single format. Without --output, each format is a separate file beside result.json.',
    );
  const subject = await findSubject(name, resultsOf(options), userFolder());
  const outputs = [...formats].map((format) => reportOutput(subject, format));
  if (subject.note) process.stderr.write(`${subject.note}\n`);
  for (const { file, render } of outputs) {
    const target = output === undefined ? file : fromUserFolder(output);
    await writeReport(await render(), output === STANDARD_OUTPUT ? null : target);
  }
}

/** Returns the default file of a report (null for standard output), and a function that renders the report. */
function reportOutput(
  { what, folder, terminal, source }: Subject,
  format: Format,
): { file: string | null; render: () => string | Promise<string> } {
  if (format === TERMINAL) return { file: null, render: () => terminal(shown(folder)) };
  const render = rendererOf(format, source);
  if (!render)
    throw new Problem(
      `A report of a ${what} has no format ${format}. Use ${[TERMINAL, ...formatNamesFor(source.run ? 'run' : 'document')].join(', ')}.`,
    );
  return { file: path.join(folder, FILES[format].file), render };
}

async function writeReport(text: string, file: string | null): Promise<void> {
  if (file === null) {
    process.stdout.write(text);
    return;
  }
  await writeFileAtomically(file, text);
  process.stdout.write(`${shown(file)}\n`);
}

function collectFormats(text: string, before: Format[] = []): Format[] {
  const named = text.split(',').map((name) => {
    const format = FORMATS.find((known) => known === name);
    if (!format) throw new InvalidArgumentError(`Expected ${FORMATS.join(', ')}.`);
    return format;
  });
  return [...before, ...named];
}
