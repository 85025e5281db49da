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
import { assertComparable } from './compare.ts';
import { whereTyped } from './environment.ts';
import { PRODUCT } from './names.ts';
import {
  type ReferencesOption,
  type ResultsOption,
  withReferencesOption,
  withResultsOption,
} from './places.ts';

const DEFAULT_NAME = 'main';

const EXAMPLES = `
Examples:
  npm run reference -- set latest                      the latest run, as ${DEFAULT_NAME}
  npm run reference -- set 20261121T09,20261121T10,20261121T11 release-2.4
  npm run reference -- list
  npm run reference -- show ${PRODUCT}/peak/${DEFAULT_NAME}
  npm run compare -- ${DEFAULT_NAME} latest`;

export function referenceCommand(): Command {
  const command = new Command('reference').description(
    'keep a run as what others are compared with, in a file to commit',
  );
  return command
    .addCommand(
      withReferencesOption(
        withResultsOption(
          new Command('set')
            .description('keep a run, or several of one test with commas between, which tell more')
            .argument('<run>', 'which, as `compare` takes it')
            .argument(
              '[name]',
              'name of the reference; one of the same name is replaced',
              parseName,
              DEFAULT_NAME,
            ),
        ),
      ).action(set),
    )
    .addCommand(withReferencesOption(new Command('list').description('show all references')).action(list))
    .addCommand(
      withReferencesOption(
        new Command('show')
          .description('show the figures of a reference')
          .argument('<name>', 'product/test/name, or the name alone'),
      ).action(show),
    )
    .addHelpText('afterAll', EXAMPLES);
}

async function set(run: string, name: string, folders: ReferencesOption & ResultsOption): Promise<void> {
  const places = lookupFolders(folders, whereTyped());
  const runs = await loadSide(parseRunNames(run), places);
  assertComparable(runs, []);
  const reference = referenceOf({ test: testOf(runs), name, setAt: new Date().toISOString() }, runs);
  const { file, bytes } = await writeReference(places.references, reference);
  process.stdout.write(
    `${shown(file)} (${formatValue(bytes, 'bytes')}): commit it. To compare: npm run compare -- ${name} <run>\n`,
  );
}

function testOf(runs: readonly Excerpt[]): string {
  const test = runs.find(({ fingerprint }) => fingerprint)?.fingerprint?.test;
  if (!test || runs.some(({ fingerprint }) => !fingerprint))
    throw new Problem(
      'A summary of k6 does not say what it is of: only a run of this suite can be a reference.',
    );
  return test;
}

async function list(folders: ReferencesOption): Promise<void> {
  const folder = lookupFolders(folders, whereTyped()).references;
  const kept = await referencesIn(folder);
  const rows = await Promise.all(kept.map(rowOf));
  process.stdout.write(
    rows.length === 0
      ? `There is no reference in ${shown(folder)}. To keep a run as one: npm run reference -- set <run> [name]\n`
      : `${alignColumns([['reference', 'runs', 'set', 'p95', 'errors'], ...rows]).join('\n')}\n`,
  );
}

async function rowOf(kept: StoredReference): Promise<string[]> {
  const { runs, setAt } = await readReference(kept);
  const totals = runs.flatMap(({ parts }) => parts.find(({ scope }) => scope === 'total') ?? []);
  return [
    `${kept.test}/${kept.name}`,
    String(runs.length),
    formatInstant(setAt),
    totals.map(({ p95 }) => formatValue(p95, 'ms')).join(', '),
    totals.map(rateText).join(', '),
  ];
}

const rateText = ({ hits }: ExcerptPart): string => formatShare(hits?.count ?? 0, hits?.trials ?? 0);

async function show(name: string, folders: ReferencesOption): Promise<void> {
  const kept = await findReference(lookupFolders(folders, whereTyped()).references, name);
  if (!kept) throw new Problem(`There is no reference named ${name}. npm run reference -- list shows all.`);
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
  const watched = (Object.keys(COMPARED_RESOURCES) as ResourceName[]).flatMap((name) => {
    const { title, unit } = COMPARED_RESOURCES[name];
    return resources[name] === null ? [] : [`${title} ${formatValue(resources[name], unit)}`];
  });
  return [
    '',
    `${id}  ${Object.entries(circumstances)
      .map(([what, value]) => `${what} ${value}`)
      .join(', ')}`,
    ...alignColumns([['', 'p50', 'p95', 'p99', 'rate', ''], ...figures]).map((line) => `  ${line}`),
    ...(watched.length > 0 ? [`  ${watched.join(', ')}`] : []),
  ];
}

function parseName(text: string): string {
  if (!/^[A-Za-z0-9][\w.-]*$/.test(text))
    throw new InvalidArgumentError('It takes letters, digits, dots, dashes and underscores.');
  return text;
}
