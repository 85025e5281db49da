import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { REPORT_FORMATS as FILES, type FormatName, formatNamesFor, rendererOf } from '../report/formats.ts';
import { writeFileAtomically } from '../results/run-folder.ts';
import { shown } from '../support/paths.ts';
import { Problem } from '../support/problem.ts';
import { fromWhereTyped, whereTyped } from './environment.ts';
import { PRODUCT } from './names.ts';
import { type ResultsOption, resultsOf, withResultsOption } from './places.ts';
import { findSubject, type Subject } from './subject.ts';

const TERMINAL = 'terminal';
const STANDARD_OUTPUT = '-';
type Format = FormatName | typeof TERMINAL;
const FORMATS: Format[] = [TERMINAL, ...formatNamesFor('run')];

interface Options extends ResultsOption {
  format?: Format[];
  output?: string;
}

const EXAMPLES = `
A run is named by its folder, its result.json, its id or the beginning of it, product/test for the latest of a test,
or latest. A run that was killed has its report made from what it left behind. A campaign is named by its folder.

Examples:
  npm run report                                       the latest run, here
  npm run report -- ${PRODUCT}/peak --format html         report.html beside its result
  npm run report -- 20261121T0607 -f html,markdown,junit,csv
  npm run report -- latest --format junit --output out/peak.xml
  npm run report -- ${PRODUCT}/campaigns/20261121T081207Z-6f7453 -f html,markdown
  npm run --silent report -- --format csv --output -   to standard output`;

export function reportCommand(): Command {
  const command = new Command('report')
    .description('make the report of a run or a campaign again, from its results')
    .argument('[run]', 'which run or campaign', 'latest')
    .option(
      '-f, --format <formats>',
      `${FORMATS.join(', ')}; several with commas between (default: ${TERMINAL})`,
      collectFormats,
    )
    .option('-o, --output <file>', 'where it goes, if not beside result.json; - is standard output');
  return withResultsOption(command).addHelpText('after', EXAMPLES).action(report);
}

async function report(name: string, { format = [TERMINAL], output, ...options }: Options): Promise<void> {
  const formats = new Set(format);
  if (output !== undefined && formats.size > 1)
    throw new Problem(
      '--output takes one format. Without it, each format is a file of its own beside result.json.',
    );
  const subject = await findSubject(name, resultsOf(options), whereTyped());
  const forms = [...formats].map((format) => formOf(subject, format));
  if (subject.note) process.stderr.write(`${subject.note}\n`);
  for (const { file, render } of forms) {
    const place = output === undefined ? file : fromWhereTyped(output);
    await deliver(await render(), output === STANDARD_OUTPUT ? null : place);
  }
}

/** Where a report goes if it is not said, null for standard output, and how it is made. */
function formOf(
  { what, folder, terminal, source }: Subject,
  format: Format,
): { file: string | null; render: () => string | Promise<string> } {
  if (format === TERMINAL) return { file: null, render: () => terminal(shown(folder)) };
  const render = rendererOf(format, source);
  if (!render)
    throw new Problem(
      `The report of a ${what} cannot be ${format}. It takes ${[TERMINAL, ...formatNamesFor(source.run ? 'run' : 'document')].join(', ')}.`,
    );
  return { file: path.join(folder, FILES[format].file), render };
}

async function deliver(text: string, file: string | null): Promise<void> {
  if (file === null) {
    process.stdout.write(text);
    return;
  }
  await writeFileAtomically(file, text);
  process.stdout.write(`${shown(file)}\n`);
}

function collectFormats(text: string, before: Format[] = []): Format[] {
  const named = text.split(',').map((name) => {
    const format = FORMATS.find((one) => one === name);
    if (!format) throw new InvalidArgumentError(`It takes ${FORMATS.join(', ')}.`);
    return format;
  });
  return [...before, ...named];
}
