/**
 * Checks the imports of all source files. Reports imports that cross a forbidden boundary, imports that bypass an
 * index.ts, and import cycles.
 *
 *     node tools/boundaries.ts      prints each violation, and exits with 1 if there is one
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Expression, parseSync, Visitor } from 'oxc-parser';

/** A group of files, with the files and packages that the group may import. */
interface Area {
  files: RegExp;
  /**
   * Patterns for the files of the repository that the area may import. Paths are relative to the root; SAME stands for
   * the product of the importing file.
   */
  imports: RegExp[];
  /** Pattern for the packages and Node modules that the area may import; undefined if all are allowed. */
  packages?: RegExp;
  /** Explanation of the rule, which is printed with each violation. */
  rule: string;
}

const K6_MODULES = /^k6(\/|$)/;
/**
 * Matches packages and modules that run in Node. Excludes k6 modules, and the entry points of load-suite, because they
 * import k6.
 */
const NODE_MODULES = /^(?!(k6|load-suite)(\/|$))/;
const { dependencies, peerDependencies } = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '..', 'package.json'), 'utf8'),
) as Record<string, Record<string, string>>;
/** Matches Node modules and the runtime dependencies of the root package.json. */
const RUNTIME_PACKAGES = new RegExp(
  `^(node:.+|(${Object.keys({ ...dependencies, ...peerDependencies }).join('|')})(/.+)?)$`,
);
/** Matches files that do not belong to a product. */
const OUTSIDE_PRODUCTS = /^(?!(tests|reference-service\/products)\/[^/]+\/)/;

/** All areas. A file belongs to the first area whose pattern matches its path. */
const AREAS: readonly Area[] = [
  {
    files: /\.test\.ts$|^lib\/core\/testing\/|^(e2e|tools)\//,
    imports: [OUTSIDE_PRODUCTS, /^(tests|reference-service\/products)\/SAME\//],
    rule: 'Only files of a product may import files of this product, so that the other code works without the product.',
  },
  {
    files: /^lib\/core\//,
    imports: [/^lib\/core\/(?!testing\/)/],
    packages: /^$/,
    rule: 'lib/core is pure, so it may import only files of lib/core.',
  },
  {
    files: /^lib\/k6\//,
    imports: [/^lib\/k6\//, /^lib\/core\/(?!testing\/)/],
    packages: K6_MODULES,
    rule: 'lib/k6 runs inside k6, so it may import only k6, lib/core and files of lib/k6.',
  },
  {
    files: /^lib\/data\.ts$/,
    imports: [/^data\//],
    packages: /^$/,
    rule: 'lib/data.ts may only re-export from data/.',
  },
  {
    files: /^lib\/[^/]+\.ts$/,
    imports: [/^lib\/(core|k6)\/(?!testing\/)/],
    packages: /^$/,
    rule: 'The entry points in lib/ may only re-export from lib/core and lib/k6.',
  },
  {
    files: /^tests\/[^/]+\/data\.ts$/,
    imports: [/^tests\/SAME\//],
    packages: new RegExp(`^load-suite/data$|${NODE_MODULES.source}`),
    rule: 'The data.ts of a product runs in Node, so it may import only packages for Node, load-suite/data and files of its own folder.',
  },
  {
    files: /^tests\//,
    imports: [/^tests\/SAME\//],
    packages: /^(k6(\/.+)?|load-suite)$/,
    rule: 'Tests of a product may import only load-suite, k6 and files of their own folder.',
  },
  {
    files: /^bench\/[^/]+\/with-suite\.ts$/,
    imports: [/^tests\//],
    packages: /^(k6(\/.+)?|load-suite)$/,
    rule: 'A k6 test of a benchmark may import only load-suite, k6 and the tests of products.',
  },
  {
    files: /^cli\/testing\//,
    imports: [/^cli\//, /^lib\/core\//],
    rule: 'cli/testing contains helpers for the tests of cli, so it may import only files of cli and lib/core.',
  },
  {
    files: /^cli\//,
    imports: [
      /^cli\/(?!testing\/)/,
      /^lib\/core\/(?!testing\/)/,
      /^lib\/config\.ts$/,
      /^esbuild\.config\.mjs$/,
      /^package\.json$/,
    ],
    packages: RUNTIME_PACKAGES,
    rule: 'cli may import only runtime dependencies of the root package.json, and from lib only lib/core and lib/config.ts. It must not import tests or the reference service.',
  },
  {
    files: /^reference-service\/products\/[^/]+\//,
    imports: [/^reference-service\/(?!products\/[^/]+\/)/, /^reference-service\/products\/SAME\//],
    packages: NODE_MODULES,
    rule: 'A product of the reference service must not import other products or load-suite.',
  },
  {
    files: /^reference-service\//,
    imports: [/^reference-service\/(?!products\/[^/]+\/)/],
    packages: NODE_MODULES,
    rule: 'The reference service must not import load-suite or a product. Use products/index.ts to load products.',
  },
  {
    files: /^data\//,
    imports: [/^data\//],
    packages: RUNTIME_PACKAGES,
    rule: 'data/ may import only files of data/ and runtime dependencies of the root package.json.',
  },
];

/** Folders whose direct subfolders must not form import cycles. */
const LAYERED: readonly string[] = ['lib/core', 'cli', 'reference-service'];
/** Folders whose direct subfolders may be imported only through the index.ts of the subfolder. */
const WITH_INDEX: readonly string[] = ['lib/core'];

/** An import of a file or a package. Paths of files are relative to the root of the repository. */
export interface Import {
  from: string;
  to: string;
  isFile: boolean;
}

/**
 * Returns every import in a source text: static imports, type imports, re-exports, dynamic imports, and `import()`
 * types.
 */
export function importsOf(from: string, source: string): Import[] {
  const { program, errors } = parseSync(from, source);
  if (errors.length > 0) throw new Error(`${from} cannot be parsed: ${errors[0]?.message}`);
  const names = new Set<string>();
  const add = ({ source: module }: { source: Expression | null }) => {
    if (module?.type === 'Literal') names.add(String(module.value));
    if (module?.type === 'TemplateLiteral' && module.expressions.length === 0)
      names.add(module.quasis.map(({ value }) => value.cooked).join(''));
  };
  new Visitor({
    ImportDeclaration: add,
    ExportNamedDeclaration: add,
    ExportAllDeclaration: add,
    ImportExpression: add,
    TSImportType: add,
  }).visit(program);
  return [...names].map((name) => {
    const isFile = name.startsWith('.');
    return { from, to: isFile ? path.posix.join(path.posix.dirname(from), name) : name, isFile };
  });
}

/** Returns one line of text per forbidden import or import cycle. */
export function violationsOf(imports: readonly Import[]): string[] {
  return [...imports.flatMap(forbiddenImports), ...imports.flatMap(indexBypasses), ...cycles(imports)];
}

function forbiddenImports({ from, to, isFile }: Import): string[] {
  const area = AREAS.find(({ files }) => files.test(from));
  if (!area) return [];
  const { imports, packages = /./, rule } = area;
  const [, product = 'no product'] = /^(?:tests|reference-service\/products)\/([^/]+)\//.exec(from) ?? [];
  const allowed = isFile
    ? imports.some(({ source }) => new RegExp(source.replace('SAME', product)).test(to))
    : packages.test(to);
  return allowed ? [] : [`${from} imports ${to}. ${rule}`];
}

/** Returns the direct subfolder of `folder` that contains the file; null if no subfolder contains the file. */
function subfolderOf(file: string, folder: string): string | null {
  if (!file.startsWith(`${folder}/`)) return null;
  const [name, ...rest] = file.slice(folder.length + 1).split('/');
  return rest.length > 0 ? `${folder}/${name}` : null;
}

function indexBypasses({ from, to, isFile }: Import): string[] {
  if (!isFile || /\.test\.ts$|\/testing\//.test(from)) return [];
  return WITH_INDEX.flatMap((folder) => {
    const subfolder = subfolderOf(to, folder);
    const isInside = subfolder === null || subfolder.endsWith('/testing') || from.startsWith(`${subfolder}/`);
    return isInside || to === `${subfolder}/index.ts` || to.endsWith('.json')
      ? []
      : [`${from} imports ${to}. Import ${subfolder}/index.ts instead.`];
  });
}

/**
 * Returns the import cycles between files, and between the subfolders of each folder in LAYERED. Type imports count.
 */
function cycles(imports: readonly Import[]): string[] {
  const files = imports.filter(({ from, isFile }) => isFile && !from.endsWith('.test.ts'));
  const inFolder = (folder: string) =>
    files.flatMap(({ from, to }) => {
      const [a, b] = [subfolderOf(from, folder), subfolderOf(to, folder)];
      return a && b && a !== b ? [{ from: a, to: b }] : [];
    });
  return [files, ...LAYERED.map(inFolder)].flatMap((edges) =>
    cyclesOf(edges).map((cycle) => `Import cycle: ${[...cycle, cycle[0]].join(' → ')}.`),
  );
}

/** Returns at least one cycle for each group of nodes that can all reach each other. */
export function cyclesOf(edges: readonly { from: string; to: string }[]): string[][] {
  const next = new Map<string, Set<string>>();
  for (const { from, to } of edges) next.set(from, (next.get(from) ?? new Set()).add(to));
  const found: string[][] = [];
  const done = new Set<string>();
  const visit = (node: string, trail: string[]): void => {
    const start = trail.indexOf(node);
    if (start >= 0) found.push(trail.slice(start));
    if (start >= 0 || done.has(node)) return;
    for (const to of next.get(node) ?? []) visit(to, [...trail, node]);
    done.add(node);
  };
  for (const node of next.keys()) visit(node, []);
  return found;
}

/** Returns the source files in the repository: files that Git tracks, and new files that Git does not ignore. */
export function sourcesIn(root: string): string[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts', '*.mts', '*.mjs'], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed.split('\n').filter((file) => file !== '' && existsSync(path.join(root, file)));
}

if (process.argv[1] === import.meta.filename) {
  const root = path.join(import.meta.dirname, '..');
  const imports = sourcesIn(root).flatMap((file) => importsOf(file, readFileSync(path.join(root, file), 'utf8')));
  const violations = violationsOf(imports);
  for (const violation of violations) process.stderr.write(`${violation}\n`);
  if (violations.length > 0) process.exitCode = 1;
}
