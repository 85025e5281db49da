import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { runInNewContext } from 'node:vm';
import Ajv from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import esbuild from 'esbuild';
import { TESTS } from './cli/support/config.ts';
import { generateRows, writeAtomically } from './data/rows.ts';

const root = import.meta.dirname;

/** @param {string} file a JSON Schema: `tests/<product>/contracts/<name>.schema.json` */
const contractName = (file) =>
  `contracts/${path.basename(path.dirname(path.dirname(file)))}/${path.basename(file, '.schema.json')}`;

/**
 * Compiles JSON Schemas to validators. Compiling one inside k6 would take 440 ms for every VU. Each validator is a
 * separate file, because few VUs load it.
 * @type {esbuild.Plugin}
 */
const validators = {
  name: 'validators',
  setup(build) {
    build.onLoad({ filter: /\.schema\.json$/ }, async ({ path: file }) => {
      const { default: schema } = await import(file, { with: { type: 'json' } });
      // Skip validation against the meta-schema, which takes longer than the rest of bundling. Tests cover it.
      const code = { source: true };
      const ajv = new Ajv({ strict: true, allowUnionTypes: true, validateSchema: false, code });
      try {
        return { contents: standaloneCode(ajv, ajv.compile(schema)), loader: 'js', resolveDir: root };
      } catch (error) {
        const { message } = /** @type {Error} */ (error);
        return { errors: [{ text: `${path.relative(root, file)} is not a valid JSON Schema: ${message}` }] };
      }
    });
  },
};

/**
 * Replaces an imported JSON Schema by the path of its validator.
 * @param {Set<string>} used receives the files of all imported schemas
 * @returns {esbuild.Plugin}
 */
const contracts = (used) => ({
  name: 'contracts',
  setup(build) {
    build.onLoad({ filter: /\.schema\.json$/ }, ({ path: file }) => {
      used.add(file);
      return { contents: JSON.stringify(`../${contractName(file)}.js`), loader: 'json' };
    });
  },
});

/**
 * Replaces `x.ts` by `x.vu.ts`, if that exists. Hundreds of VUs evaluate the VU bundle, so it must not contain code
 * that only describes a test.
 * @type {esbuild.Plugin}
 */
const vuEditions = {
  name: 'VU editions',
  setup(build) {
    build.onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path: relative, resolveDir }) => {
      const edition = path.join(resolveDir, relative).replace(/\.ts$/, '.vu.ts');
      return existsSync(edition) ? { path: edition } : undefined;
    });
  },
};

const LIB = path.join(root, 'lib');
/** @param {string} file */
const isInLib = (file) => file.startsWith(LIB + path.sep);

/**
 * Rejects deep imports of lib/, and names the public import to use instead.
 * @type {esbuild.Plugin}
 */
const publicImports = {
  name: 'public imports',
  setup(build) {
    build.onResolve({ filter: /^\.{1,2}\// }, async ({ path: relative, resolveDir, importer, namespace }) => {
      const isDeep = namespace === 'file' && isInLib(path.join(resolveDir, relative)) && !isInLib(importer);
      if (!isDeep) return undefined;
      const names = namesImported(await readFile(importer, 'utf8'), relative);
      return {
        errors: [
          {
            text:
              `${path.relative(root, importer)} imports ${relative}, which is not part of the public interface. ` +
              `Import ${names} from 'load-suite' instead.`,
          },
        ],
      };
    });
    build.onResolve({ filter: /^load-suite\/./ }, ({ path: entry, importer }) => ({
      errors: [
        {
          text: `${path.relative(root, importer)} imports ${entry}, which requires Node, but tests run inside k6. Import it in data.ts.`,
        },
      ],
    }));
  },
};

/**
 * The names that a source imports from a module: `{ endpoint, mix }`.
 * @param {string} source
 * @param {string} from
 */
function namesImported(source, from) {
  const statement = [...source.matchAll(/import\s+(?:type\s+)?(\{[^}]*\})\s+from\s+['"]([^'"]+)['"]/g)];
  const [, names = '{ … }'] = statement.find(([, , module]) => module === from) ?? [];
  return names.replace(/\s+/g, ' ').replace(', }', ' }');
}

/** Every k6 script exports `options`, including tests: `export const { options, run, handleSummary } = defineTest(…)`. */
const EXPORTS_OPTIONS = /^export\s+(?:(?:const|let|var)\s+)?(?:\{[^}]*\boptions\b[^}]*\}|options\b)/m;

/**
 * The names of all tests: `product/test`. It searches the text of files, so that tests that do not compile are
 * included.
 * @returns {Promise<string[]>}
 */
export async function findTests() {
  const tests = [];
  for (const product of await readdir(TESTS, { withFileTypes: true })) {
    if (!product.isDirectory()) continue;
    const folder = path.join(TESTS, product.name);
    for (const file of await readdir(folder)) {
      if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
      if (EXPORTS_OPTIONS.test(await readFile(path.join(folder, file), 'utf8')))
        tests.push(`${product.name}/${path.basename(file, '.ts')}`);
    }
  }
  return tests.sort();
}

/**
 * Bundles tests for k6 into dist/, and writes the rows of their products. The platform is neutral, so that an import
 * of a Node module fails here, with its line, instead of in the middle of a run.
 * @param {readonly string[]} tests names: `product/test`
 * @param {number} seed of the rows
 * @returns {Promise<void>} rejects with esbuild's BuildFailure
 */
export async function bundle(tests, seed) {
  const products = new Set(tests.map((test) => path.dirname(test)));
  await Promise.all([buildAll(tests), generateRows(TESTS, products, seed)]);
}

/** @param {readonly string[]} tests */
function buildAll(tests) {
  return bundleScripts(tests.map((test) => ({ in: path.join(TESTS, `${test}.ts`), out: test })));
}

/**
 * Bundles other scripts that define a test.
 * @param {{ in: string, out: string }[]} scripts `out` is relative to dist/ and has no extension
 */
export async function bundleScripts(scripts) {
  /** @type {Set<string>} */
  const schemas = new Set();
  const schemaPaths = contracts(schemas);
  await Promise.all(scripts.map((script) => buildTest(script, schemaPaths)));
  if (schemas.size > 0)
    await build({ entryPoints: [...schemas].map(asContract), format: 'cjs', plugins: [validators] });
}

/** @param {string} file */
const asContract = (file) => ({ in: file, out: contractName(file) });

/**
 * Builds both bundles of a test: `<out>.js`, which k6 runs, and `<out>.description.js`, which VU 0 loads in addition.
 * @param {{ in: string, out: string }} script
 * @param {esbuild.Plugin} contracts
 */
async function buildTest({ in: file, out }, contracts) {
  const description = `${path.basename(out)}.description`;
  await Promise.all([
    build({
      entryPoints: [{ in: file, out }],
      plugins: [publicImports, vuEditions, contracts],
      define: { DESCRIPTION: JSON.stringify(`./${description}.js`) },
    }),
    build({
      stdin: {
        contents: `export * from ${JSON.stringify(file)};\nexport { readableVariables } from './lib/k6/env.ts';`,
        resolveDir: root,
      },
      outdir: undefined,
      outfile: path.join(root, 'dist', path.dirname(out), `${description}.js`),
      plugins: [publicImports, contracts],
    }),
  ]);
}

/**
 * The environment variables that a product declares in its product.ts. It evaluates product.ts in Node, with
 * stand-ins for the modules of k6, so that the variables are known before k6 is available.
 * @param {string} product
 * @returns {Promise<import('./lib/core/definition/index.ts').DeclaredVariable[]>} rejects with esbuild's
 * BuildFailure, or with what product.ts throws
 */
export async function declaredVariablesOf(product) {
  const { outputFiles } = await esbuild.build({
    stdin: {
      contents: `export * as product from ${JSON.stringify(path.join(TESTS, product, 'product.ts'))};\nexport { declaredVariables } from './lib/k6/env.ts';`,
      resolveDir: root,
    },
    bundle: true,
    write: false,
    format: 'cjs',
    external: ['k6', 'k6/*'],
    plugins: [contracts(new Set())],
    logLevel: 'silent',
  });
  const module = { exports: /** @type {any} */ ({}) };
  runInNewContext(outputFiles[0]?.text ?? '', {
    module,
    require: () => K6_MODULE,
    __ENV: {},
    __VU: 0,
    console,
  });
  return JSON.parse(JSON.stringify(module.exports.declaredVariables()));
}

/** Stands in for everything in the modules of k6: calls, constructors and properties all return it. @type {any} */
const ANYTHING = new Proxy(class {}, {
  apply: () => ANYTHING,
  construct: () => ANYTHING,
  get: (_, key) => (key === Symbol.toPrimitive ? () => '' : ANYTHING),
});
const K6_MODULE = new Proxy(
  { default: ANYTHING, __esModule: true },
  { get: (module, key) => Reflect.get(module, key) ?? ANYTHING },
);

/** @param {esbuild.BuildOptions} options */
async function build(options) {
  const { outputFiles = [] } = await esbuild.build({
    outdir: path.join(root, 'dist'),
    write: false,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2023',
    external: ['k6', 'k6/*'],
    sourcemap: 'linked',
    logLevel: 'silent',
    ...options,
  });
  await Promise.all(outputFiles.map(writeIfChanged));
}

/**
 * Does not touch a file whose content is unchanged, because k6 may be loading it.
 * @param {esbuild.OutputFile} file
 */
async function writeIfChanged({ path: file, contents }) {
  const existing = await readFile(file).catch(() => null);
  if (existing?.equals(contents)) return;
  await mkdir(path.dirname(file), { recursive: true });
  await writeAtomically(file, contents);
}

if (process.argv[1] === import.meta.filename) {
  const tests = await findTests();
  await bundle(tests, Number(process.env.SEED || 1));
  console.log(tests.map((test) => `dist/${test}.js`).join('\n'));
}
