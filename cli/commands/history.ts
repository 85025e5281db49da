import path from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { recordOf } from '../../lib/core/across-runs/index.ts';
import { bodyOf, subjectOf, tell } from '../github/alert-issue.ts';
import { GitHubIssues } from '../github/issues.ts';
import { DEFAULT_BRANCH, HistoryStore } from '../history/history-store.ts';
import { type HistoryQuery, productHistories } from '../history/product-histories.ts';
import { productFile, writeSite } from '../history/site.ts';
import { historyDocument, type ProductHistory } from '../report/history/history-documents.ts';
import { alertReport, historyReport } from '../report/history/terminal.ts';
import { toMarkdown } from '../report/markdown.ts';
import { findRun } from '../results/find.ts';
import { loadResult } from '../results/load.ts';
import { writeFileAtomically } from '../results/run-folder.ts';
import { RESULTS, ROOT, shown } from '../support/paths.ts';
import { EXIT } from '../support/problem.ts';
import { fromWhereTyped, processEnvironment, whereTyped } from './environment.ts';
import { type ResultsOption, resultsOf, withResultsOption } from './places.ts';

const EXAMPLES = `
Records of runs are kept on a branch of their own, load-history, which no checkout is touched for. It is pushed to
origin where there is one.

Examples:
  npm run history -- append                          add the latest run
  npm run history -- append 20261121T0607 20261121T0912
  npm run history                                    what has changed, and the latest runs
  npm run history -- --test business-flow --since 2026-10-01
  npm run history -- --format html --output site     pages for GitHub Pages: index.html and one a product
  npm run history -- check --target 0.95 --every 1d  ends with 99 where something needs attention
  npm run history -- alert                           the same as an issue on GitHub: opened, updated, closed`;

interface Place {
  repository?: string;
  branch: string;
}

interface Selection extends Place {
  product?: string;
  test?: string;
  since?: number;
  until?: number;
  every?: number;
  target?: number;
}

export function historyCommand(): Command {
  return new Command('history')
    .description('keep runs, and show what has changed over time')
    .addCommand(
      withSelection(new Command('show').description('show the history; what `history` does without more'))
        .addOption(
          new Option('-f, --format <format>', 'form in which it is shown')
            .choices(['terminal', 'markdown', 'html'])
            .default('terminal'),
        )
        .option(
          '-o, --output <folder>',
          'where pages go (default: results/ of this checkout, beside the reports of runs; Markdown: standard output)',
        )
        .action(show),
      { isDefault: true },
    )
    .addCommand(
      withResultsOption(
        withPlace(new Command('append').description('add runs; one that is there already stays as it is')),
      )
        .argument('[runs...]', 'which, as `report` takes them (default: latest)')
        .action(append),
    )
    .addCommand(
      withSelection(
        new Command('check').description('end with 99 where something needs attention, and say what'),
      )
        .addOption(
          new Option('-f, --format <format>', 'form of what is said; markdown is that of an issue')
            .choices(['terminal', 'markdown'])
            .default('terminal'),
        )
        .action(check),
    )
    .addCommand(
      withSelection(
        new Command('alert').description(
          'open an issue on GitHub where something needs attention, update it, close it',
        ),
      ).action(alert),
    )
    .addHelpText('afterAll', EXAMPLES);
}

const withPlace = (command: Command): Command =>
  command
    .option('--repository <folder>', 'git repository that keeps the history (default: this checkout)')
    .option('--branch <name>', 'branch that it is on', DEFAULT_BRANCH);

const withSelection = (command: Command): Command =>
  withPlace(command)
    .option('--product <name>', 'only this product')
    .option('--test <name>', 'only this test')
    .option('--since <date>', 'only runs from this day or instant on', parseInstant)
    .option('--until <date>', 'as it was at this instant, or at the end of this day', parseEnd)
    .option(
      '--every <duration>',
      'how far runs should be apart: 1d, 12h, 1w (default: as it shows)',
      parseEvery,
    )
    .option(
      '--target <rate>',
      'success rate that flows have to reach (default: what their test promises)',
      parseTarget,
    );

async function show(options: Selection & { format: 'terminal' | 'markdown' | 'html'; output?: string }) {
  const { products } = await ask(options);
  const folder = options.output === undefined ? undefined : fromWhereTyped(options.output);
  switch (options.format) {
    case 'terminal':
      process.stdout.write(products.map(historyReport).join(''));
      return;
    case 'markdown':
      return showMarkdown(products, folder);
    case 'html':
      for (const file of await writeSite(folder ?? RESULTS, products))
        process.stdout.write(`${shown(file)}\n`);
  }
}

async function showMarkdown(products: readonly ProductHistory[], folder?: string): Promise<void> {
  for (const one of products) {
    const text = toMarkdown(historyDocument(one));
    if (folder === undefined) process.stdout.write(text);
    else {
      const file = path.join(folder, productFile(one.product, 'md'));
      await writeFileAtomically(file, text);
      process.stdout.write(`${shown(file)}\n`);
    }
  }
}

async function append(runs: string[], options: Place & ResultsOption) {
  const store = await openStore(options);
  const records = [];
  for (const run of runs.length === 0 ? ['latest'] : runs) {
    const { result } = await loadResult(await findRun(run, resultsOf(options), whereTyped()));
    records.push(recordOf(result));
  }
  const added = new Set((await store.append(records)).map(({ run }) => run.id));
  for (const { run } of records)
    process.stdout.write(
      `${run.product}/${run.test} ${run.id}: ${added.has(run.id) ? 'added to' : 'is already on'} ${store.location}\n`,
    );
}

async function check(options: Selection & { format: 'terminal' | 'markdown' }): Promise<void> {
  const { products, question } = await ask(options);
  const concerned = products.filter(({ alarms }) => alarms.length > 0);
  process.stdout.write(
    options.format === 'markdown'
      ? concerned.map((one) => bodyOf(subjectOf(one.product, options.test), one, question.untilMs)).join('\n')
      : `${concerned.map(alertReport).join('') || 'Nothing needs attention.\n'}`,
  );
  process.exitCode = concerned.length > 0 ? EXIT.failed : EXIT.ok;
}

async function alert(options: Selection): Promise<void> {
  const issues = GitHubIssues.of(processEnvironment);
  const { products, question } = await ask(options);
  for (const one of products) {
    const subject = subjectOf(one.product, options.test);
    const { what, url } = await tell(issues, subject, one, question.untilMs);
    process.stdout.write(`${subject}: issue ${what}${url ? ` ${url}` : ''}\n`);
  }
}

async function ask(options: Selection): Promise<{ products: ProductHistory[]; question: HistoryQuery }> {
  const { product, test, since: sinceMs, until, every: everyMs, target } = options;
  const question = { product, test, sinceMs, untilMs: until ?? Date.now(), everyMs, target };
  const note = (text: string) => process.stderr.write(`${text}\n`);
  return { products: await productHistories(await openStore(options), question, note), question };
}

const openStore = ({ repository, branch }: Place): Promise<HistoryStore> =>
  HistoryStore.open(repository === undefined ? ROOT : fromWhereTyped(repository), branch, processEnvironment);

const DAY_MS = 86_400_000;
const IS_DAY = /^\d{4}-\d{2}-\d{2}$/;

function parseInstant(text: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z)?$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isNaN(ms))
    throw new InvalidArgumentError('It takes a day such as 2026-11-21, or 2026-11-21T06:00Z.');
  return ms;
}

const parseEnd = (text: string): number => parseInstant(text) + (IS_DAY.test(text) ? DAY_MS - 1 : 0);

const UNITS_MS: Record<string, number> = { h: DAY_MS / 24, d: DAY_MS, w: 7 * DAY_MS };

function parseEvery(text: string): number {
  const [, count, unit = ''] = /^([1-9]\d{0,3})([hdw])$/.exec(text) ?? [];
  if (count === undefined)
    throw new InvalidArgumentError('It takes hours, days or weeks, such as 12h, 1d or 1w.');
  return Number(count) * (UNITS_MS[unit] as number);
}

function parseTarget(text: string): number {
  const rate = Number(text);
  if (!(text !== '' && rate > 0 && rate < 1))
    throw new InvalidArgumentError('It takes a rate between 0 and 1, such as 0.95.');
  return rate;
}
