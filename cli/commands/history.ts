import path from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { recordOf } from '../../lib/core/across-runs/index.ts';
import { bodyOf, subjectOf, updateAlertIssue } from '../github/alert-issue.ts';
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
import { fromUserFolder, processEnvironment, userFolder } from './environment.ts';
import { type ResultsOption, resultsOf, withResultsOption } from './folder-options.ts';

const EXAMPLES = `
Records of runs are stored on a separate branch, load-history, without changing your checkout. If the repository
has a remote named origin, the branch is pushed to origin.

Examples:
  npm run history -- append                          adds the latest run
  npm run history -- append 20261121T0607 20261121T0912
  npm run history                                    shows changes and the latest runs
  npm run history -- --test business-flow --since 2026-10-01
  npm run history -- --format html --output site     writes pages: index.html and one per product
  npm run history -- check --target 0.95 --every 1d  exits with 99 if something needs attention
  npm run history -- alert                           opens, updates or closes a GitHub issue`;

interface StoreOptions {
  repository?: string;
  branch: string;
}

interface Selection extends StoreOptions {
  product?: string;
  test?: string;
  since?: number;
  until?: number;
  every?: number;
  target?: number;
}

export function historyCommand(): Command {
  return new Command('history')
    .description('store runs and show what has changed over time')
    .addCommand(
      withSelection(new Command('show').description('show the history (default)'))
        .addOption(
          new Option('-f, --format <format>', 'output format')
            .choices(['terminal', 'markdown', 'html'])
            .default('terminal'),
        )
        .option(
          '-o, --output <folder>',
          'folder for pages (default: results/ of this checkout; Markdown: standard output)',
        )
        .action(show),
      { isDefault: true },
    )
    .addCommand(
      withResultsOption(
        withStoreOptions(
          new Command('append').description('add runs to the history; skips runs that it already contains'),
        ),
      )
        .argument('[runs...]', 'runs, named as for `report` (default: latest)')
        .action(append),
    )
    .addCommand(
      withSelection(new Command('check').description('show what needs attention, and exit with 99 if something does'))
        .addOption(
          new Option('-f, --format <format>', 'output format; markdown is the text of an issue')
            .choices(['terminal', 'markdown'])
            .default('terminal'),
        )
        .action(check),
    )
    .addCommand(
      withSelection(
        new Command('alert').description('open, update or close a GitHub issue about what needs attention'),
      ).action(alert),
    )
    .addHelpText('afterAll', EXAMPLES);
}

const withStoreOptions = (command: Command): Command =>
  command
    .option('--repository <folder>', 'git repository with the history (default: this checkout)')
    .option('--branch <name>', 'branch with the history', DEFAULT_BRANCH);

const withSelection = (command: Command): Command =>
  withStoreOptions(command)
    .option('--product <name>', 'only this product')
    .option('--test <name>', 'only this test')
    .option('--since <date>', 'only include runs since this day or instant', parseInstant)
    .option('--until <date>', 'show the history as it was at this instant, or at the end of this day', parseEnd)
    .option(
      '--every <duration>',
      'expected interval between runs, such as 1d, 12h or 1w (default: derived from the runs)',
      parseEvery,
    )
    .option('--target <rate>', 'success rate that flows must reach (default: the rate in their criteria)', parseTarget);

async function show(options: Selection & { format: 'terminal' | 'markdown' | 'html'; output?: string }) {
  const { products } = await readHistories(options);
  const folder = options.output === undefined ? undefined : fromUserFolder(options.output);
  switch (options.format) {
    case 'terminal':
      process.stdout.write(products.map(historyReport).join(''));
      return;
    case 'markdown':
      return showMarkdown(products, folder);
    case 'html':
      for (const file of await writeSite(folder ?? RESULTS, products)) process.stdout.write(`${shown(file)}\n`);
  }
}

async function showMarkdown(products: readonly ProductHistory[], folder?: string): Promise<void> {
  for (const history of products) {
    const text = toMarkdown(historyDocument(history));
    if (folder === undefined) process.stdout.write(text);
    else {
      const file = path.join(folder, productFile(history.product, 'md'));
      await writeFileAtomically(file, text);
      process.stdout.write(`${shown(file)}\n`);
    }
  }
}

async function append(runs: string[], options: StoreOptions & ResultsOption) {
  const store = await openStore(options);
  const records = [];
  for (const run of runs.length === 0 ? ['latest'] : runs) {
    const { result } = await loadResult(await findRun(run, resultsOf(options), userFolder()));
    records.push(recordOf(result));
  }
  const added = new Set((await store.append(records)).map(({ run }) => run.id));
  for (const { run } of records)
    process.stdout.write(
      `${run.product}/${run.test} ${run.id}: ${added.has(run.id) ? 'added to' : 'is already on'} ${store.location}\n`,
    );
}

async function check(options: Selection & { format: 'terminal' | 'markdown' }): Promise<void> {
  const { products, query } = await readHistories(options);
  const concerned = products.filter(({ alarms }) => alarms.length > 0);
  process.stdout.write(
    options.format === 'markdown'
      ? concerned.map((history) => bodyOf(subjectOf(history.product, options.test), history, query.untilMs)).join('\n')
      : `${concerned.map(alertReport).join('') || 'Nothing needs attention.\n'}`,
  );
  process.exitCode = concerned.length > 0 ? EXIT.failed : EXIT.ok;
}

async function alert(options: Selection): Promise<void> {
  const issues = GitHubIssues.fromEnvironment(processEnvironment);
  const { products, query } = await readHistories(options);
  for (const history of products) {
    const subject = subjectOf(history.product, options.test);
    const { outcome, url } = await updateAlertIssue(issues, subject, history, query.untilMs);
    process.stdout.write(`${subject}: issue ${outcome}${url ? ` ${url}` : ''}\n`);
  }
}

async function readHistories(options: Selection): Promise<{ products: ProductHistory[]; query: HistoryQuery }> {
  const { product, test, since: sinceMs, until, every: everyMs, target } = options;
  const query = { product, test, sinceMs, untilMs: until ?? Date.now(), everyMs, target };
  const note = (text: string) => process.stderr.write(`${text}\n`);
  return { products: await productHistories(await openStore(options), query, note), query };
}

const openStore = ({ repository, branch }: StoreOptions): Promise<HistoryStore> =>
  HistoryStore.open(repository === undefined ? ROOT : fromUserFolder(repository), branch, processEnvironment);

const DAY_MS = 86_400_000;
const IS_DAY = /^\d{4}-\d{2}-\d{2}$/;

function parseInstant(text: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms))
    throw new InvalidArgumentError('Expected a day such as 2026-11-21, or an instant such as 2026-11-21T06:00Z.');
  return ms;
}

const parseEnd = (text: string): number => parseInstant(text) + (IS_DAY.test(text) ? DAY_MS - 1 : 0);

const UNITS_MS: Record<string, number> = { h: DAY_MS / 24, d: DAY_MS, w: 7 * DAY_MS };

function parseEvery(text: string): number {
  const [, count, unit = ''] = /^([1-9]\d{0,3})([hdw])$/.exec(text) ?? [];
  if (count === undefined) throw new InvalidArgumentError('Expected hours, days or weeks, such as 12h, 1d or 1w.');
  return Number(count) * (UNITS_MS[unit] as number);
}

function parseTarget(text: string): number {
  const rate = Number(text);
  if (!(text !== '' && rate > 0 && rate < 1))
    throw new InvalidArgumentError('Expected a rate between 0 and 1, such as 0.95.');
  return rate;
}
