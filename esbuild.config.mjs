import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import Ajv from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import esbuild from 'esbuild';
import { generateRows, writeAtomically } from './data/rows.ts';

const root = import.meta.dirname;

/** @param {string} file of a JSON Schema, as `tests/<product>/contracts/<name>.schema.json` */
const contractName = (file) =>
  `contracts/${path.basename(path.dirname(path.dirname(file)))}/${path.basename(file, '.schema.json')}`;

/**
 * A JSON Schema becomes a validator here, once: compiling it in k6 takes 440 ms for every VU. A file of its own,
 * because few VUs load it.
 * @type {esbuild.Plugin}
 */
const validators = {
  name: 'validators',
  setup(build) {
    build.onLoad({ filter: /\.schema\.json$/ }, async ({ path: file }) => {
      const { default: schema } = await import(file, { with: { type: 'json' } });
      // That a schema is one is for tests to see: to look takes longer than all the rest of bundling.
      const code = { source: true };
      const ajv = new Ajv({ strict: true, allowUnionTypes: true, validateSchema: false, code });
      try {
        return { contents: standaloneCode(ajv, ajv.compile(schema)), loader: 'js', resolveDir: root };
      } catch (error) {
        const { message } = /** @type {Error} */ (error);
        return { errors: [{ text: `${path.relative(root, file)} is no JSON Schema: ${message}` }] };
      }
    });
  },
};

/**
 * Inside a test, a JSON Schema is the path of its validator.
 * @param {Set<string>} used is told the schemas that there are
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

/** Modules whose functions only describe a test: to VUs, each is one that does nothing. */
const DESCRIBING = ['lib/core/definition/criteria.ts', 'lib/core/definition/workloads.ts'].map((file) =>
  path.join(root, file),
);
const LAYER = path.join(root, 'lib', 'k6');

/**
 * What a VU evaluates is paid for hundreds of times. In the edition for VUs a file of lib/k6/vu stands in for the one
 * of the same name in lib/k6, and what only describes the test is left out.
 * @param {Set<string>} standIns names of the files of lib/k6/vu
 * @param {ReadonlyMap<string, string>} describing what takes the place of a module, by its file
 * @returns {esbuild.Plugin}
 */
const forVUs = (standIns, describing) => ({
  name: 'for VUs',
  setup(build) {
    build.onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path: relative, resolveDir }) => {
      const file = path.join(resolveDir, relative);
      if (path.dirname(file) !== LAYER || !standIns.has(path.basename(file))) return undefined;
      return { path: path.join(LAYER, 'vu', path.basename(file)) };
    });
    build.onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
      const contents = describing.get(file);
      return contents === undefined ? undefined : { contents, loader: 'js' };
    });
  },
});

/** @param {string} file */
async function exportsOf(file) {
  const options = {
    entryPoints: [file],
    bundle: true,
    write: false,
    metafile: true,
    format: /** @type {const} */ ('esm'),
  };
  const { metafile } = await esbuild.build(options);
  return Object.values(metafile.outputs).flatMap(({ exports }) => exports);
}

/** @param {string[]} names */
const withoutEffect = (names) => `
  // Several criteria are spread into a list.
  const nothing = [];
  const describe = () => nothing;
  export { ${names.map((name) => `describe as ${name}`).join(', ')} };`;

/**
 * Every test, as `product/test`.
 * @returns {Promise<string[]>}
 */
export async function listTests() {
  const tests = [];
  for (const product of await readdir(path.join(root, 'tests'), { withFileTypes: true })) {
    if (!product.isDirectory()) continue;
    for (const file of await readdir(path.join(root, 'tests', product.name))) {
      const name = path.basename(file, '.ts');
      if (file.endsWith('.ts') && !NOT_TESTS.has(name)) tests.push(`${product.name}/${name}`);
    }
  }
  return tests.sort();
}

/** What a product's folder holds beside its tests. */
const NOT_TESTS = new Set(['product', 'data']);

/**
 * Bundles tests for the k6 runtime into dist/, and writes the rows that they open. The platform is neutral: an import of a Node module fails here,
 * with the line that asks for it, and not in the middle of a run.
 * @param {readonly string[]} tests as `product/test`
 * @param {number} seed of the rows
 * @returns {Promise<void>} rejects with esbuild's BuildFailure
 */
export async function bundle(tests, seed) {
  await Promise.all([buildAll(tests), generateRows(seed)]);
}

/** @param {readonly string[]} tests */
function buildAll(tests) {
  return bundleScripts(tests.map((test) => ({ in: path.join(root, 'tests', `${test}.ts`), out: test })));
}

/**
 * Bundles any scripts that define a test the same way.
 * @param {{ in: string, out: string }[]} scripts `out` is relative to dist/, without an ending
 */
export async function bundleScripts(scripts) {
  /** @type {Set<string>} */
  const schemas = new Set();
  const standIns = new Set(await readdir(path.join(LAYER, 'vu')));
  const describing = new Map(
    await Promise.all(
      DESCRIBING.map(async (file) => /** @type {const} */ ([file, withoutEffect(await exportsOf(file))])),
    ),
  );
  const plugins = { forVUs: forVUs(standIns, describing), contracts: contracts(schemas) };
  await Promise.all(scripts.map((script) => buildTest(script, plugins)));
  if (schemas.size > 0)
    await build({ entryPoints: [...schemas].map(asContract), format: 'cjs', plugins: [validators] });
}

/** @param {string} file */
const asContract = (file) => ({ in: file, out: contractName(file) });

/**
 * Both editions of a test: `<out>.js`, which k6 is given, and `<out>.description.js`, which VU 0 loads from there.
 * @param {{ in: string, out: string }} script
 * @param {Record<'forVUs' | 'contracts', esbuild.Plugin>} plugins
 */
async function buildTest({ in: file, out }, { forVUs, contracts }) {
  const description = `${path.basename(out)}.description`;
  await Promise.all([
    build({
      entryPoints: [{ in: file, out }],
      plugins: [forVUs, contracts],
      define: { DESCRIPTION: JSON.stringify(`./${description}.js`) },
    }),
    build({
      stdin: {
        contents: `export * from ${JSON.stringify(file)};\nexport { readableVariables } from './lib/k6/env.ts';`,
        resolveDir: root,
      },
      outdir: undefined,
      outfile: path.join(root, 'dist', path.dirname(out), `${description}.js`),
      plugins: [contracts],
    }),
  ]);
}

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
  await Promise.all(outputFiles.map(replace));
}

/**
 * A bundle that is as it was stays: k6 may be loading it.
 * @param {esbuild.OutputFile} file
 */
async function replace({ path: file, contents }) {
  const present = await readFile(file).catch(() => null);
  if (present?.equals(contents)) return;
  await mkdir(path.dirname(file), { recursive: true });
  await writeAtomically(file, contents);
}

if (process.argv[1] === import.meta.filename) {
  const tests = await listTests();
  await bundle(tests, Number(process.env.SEED || 1));
  console.log(tests.map((test) => `dist/${test}.js`).join('\n'));
}
