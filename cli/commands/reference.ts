import { Command, InvalidArgumentError } from 'commander';
import {
  COMPARED_RESOURCES,
  type Excerpt,
  type ExcerptPart,
  type ResourceName,
  referenceOf,
} from '../../lib/core/comparison/index.ts';
import { formatShare, formatValue } from '../../lib/core/numbers/index.ts';
import {
  findReference,
  readReference,
  referencesIn,
  type StoredReference,
  writeReference,
} from '../compare/references.ts';
import { loadSide, lookupFolders, parseRunNames } from '../compare/side.ts';
import { alignColumns, formatInstant } from '../report/format.ts';
import { shown } from '../support/paths.ts';
import { Problem } from '../support/problem.ts';
import { EXAMPLE_PRODUCT } from './arguments.ts';
import { assertComparable } from './compare.ts';
import { userFolder } from './environment.ts';
import {
  type ReferencesOption,
  type ResultsOption,
  withReferencesOption,
  withResultsOption,
} from './folder-options.ts';

const DEFAULT_NAME = 'main';

const EXAMPLES = `
Examples:
  npm run reference -- set latest                      keeps the latest run as ${DEFAULT_NAME}
  npm run reference -- set 20261121T09,20261121T10,20261121T11 release-2.4
  npm run reference -- list
  npm run reference -- show ${EXAMPLE_PRODUCT}/peak/${DEFAULT_NAME}
  npm run compare -- ${DEFAULT_NAME} latest`;

export function referenceCommand(): Command {
  const command = new Command('reference').description('keep runs as a reference for comparisons, in a file to commit');
  return command
    .addCommand(
      withReferencesOption(
        withResultsOption(
          new Command('set')
            .description('keep one or more runs of a test as a reference')
            .argument('<run>', 'run or comma-separated runs, named as for `compare`')
            .argument(
              '[name]',
              'name of the reference; replaces an existing reference of this name',
              parseName,
              DEFAULT_NAME,
            ),
        ),
      ).action(set),
    )
    .addCommand(withReferencesOption(new Command('list').description('list all references')).action(list))
    .addCommand(
      withReferencesOption(
        new Command('show')
          .description('show the figures of a reference')
          .argument('<name>', 'product/test/name, or only the name'),
      ).action(show),
    )
    .addHelpText('afterAll', EXAMPLES);
}

async function set(run: string, name: string, folders: ReferencesOption & ResultsOption): Promise<void> {
  const lookup = lookupFolders(folders, userFolder());
  const runs = await loadSide(parseRunNames(run), lookup);
  assertComparable(runs, []);
  const reference = referenceOf({ test: testOf(runs), name, setAt: new Date().toISOString() }, runs);
  const { file, bytes } = await writeReference(lookup.references, reference);
  process.stdout.write(
    `${shown(file)} (${formatValue(bytes, 'bytes')}). Commit this file. To compare: npm run compare -- ${name} <run>\n`,
  );
}

function testOf(runs: readonly Excerpt[]): string {
  const test = runs.find(({ fingerprint }) => fingerprint)?.fingerprint?.test;
  if (!test || runs.some(({ fingerprint }) => !fingerprint))
    throw new Problem('A summary of plain k6 does not name its test. Only runs of load-suite can be references.');
  return test;
}

async function list(folders: ReferencesOption): Promise<void> {
  const folder = lookupFolders(folders, userFolder()).references;
  const kept = await referencesIn(folder);
  const rows = await Promise.all(kept.map(rowOf));
  process.stdout.write(
    rows.length === 0
      ? `There are no references in ${shown(folder)}. To keep a run: npm run reference -- set <run> [name]\n`
      : `${alignColumns([['reference', 'runs', 'set', 'p95', 'errors'], ...rows]).join('\n')}\n`,
  );
}

async function rowOf(stored: StoredReference): Promise<string[]> {
  const { runs, setAt } = await readReference(stored);
  const totals = runs.flatMap(({ parts }) => parts.find(({ scope }) => scope === 'total') ?? []);
  return [
    `${stored.test}/${stored.name}`,
    String(runs.length),
    formatInstant(setAt),
    totals.map(({ p95 }) => formatValue(p95, 'ms')).join(', '),
    totals.map(rateText).join(', '),
  ];
}

const rateText = ({ hits }: ExcerptPart): string => formatShare(hits?.count ?? 0, hits?.trials ?? 0);

async function show(name: string, folders: ReferencesOption): Promise<void> {
  const kept = await findReference(lookupFolders(folders, userFolder()).references, name);
  if (!kept)
    throw new Problem(`There is no reference named ${name}. To list all references: npm run reference -- list`);
  const { runs, setAt } = await readReference(kept);
  process.stdout.write(
    [`${kept.test}/${kept.name}  set ${formatInstant(setAt)}`, ...runs.flatMap(runLines), ''].join('\n'),
  );
}

function runLines({ id, circumstances, parts, resources }: Excerpt): string[] {
  const figures = parts.map((part) => [
    part.name || 'all requests',
    ...[part.p50, part.p95, part.p99].map((value) => formatValue(value, 'ms')),
    formatValue(part.perS, 'perSecond'),
    part.hits ? `${rateText(part)} ${part.hits.of}` : '',
  ]);
  const resourceTexts = (Object.keys(COMPARED_RESOURCES) as ResourceName[]).flatMap((name) => {
    const { title, unit } = COMPARED_RESOURCES[name];
    return resources[name] === null ? [] : [`${title} ${formatValue(resources[name], unit)}`];
  });
  return [
    '',
    `${id}  ${Object.entries(circumstances)
      .map(([what, value]) => `${what} ${value}`)
      .join(', ')}`,
    ...alignColumns([['', 'p50', 'p95', 'p99', 'rate', ''], ...figures]).map((line) => `  ${line}`),
    ...(resourceTexts.length > 0 ? [`  ${resourceTexts.join(', ')}`] : []),
  ];
}

function parseName(text: string): string {
  if (!/^[A-Za-z0-9][\w.-]*$/.test(text))
    throw new InvalidArgumentError('Expected letters, digits, dots, dashes and underscores.');
  return text;
}
