import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import Ajv from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import esbuild from 'esbuild';
import { generateRows, writeAtomically } from './data/rows.ts';

const root = import.meta.dirname;

/**
 * A JSON Schema becomes a validator here, once: compiling it in k6 takes 440 ms for every VU.
 * @type {esbuild.Plugin}
 */
const contracts = {
  name: 'contracts',
  setup(build) {
    build.onLoad({ filter: /\.schema\.json$/ }, async ({ path: file }) => {
      const { default: schema } = await import(file, { with: { type: 'json' } });
      const ajv = new Ajv({ code: { source: true }, strict: true, allowUnionTypes: true });
      return { contents: lazily(standaloneCode(ajv, ajv.compile(schema))), loader: 'js', resolveDir: root };
    });
  },
};

/**
 * Most VUs never use most contracts: each is made by the VU that first does, and costs the others nothing.
 * @param {string} validator in CommonJS
 */
function lazily(validator) {
  return `
    let validate;
    function make() { const module = { exports: {} }; ${validator}; return module.exports; }
    export default function contract(body) {
      validate ??= make();
      const holds = validate(body);
      contract.errors = validate.errors;
      return holds;
    }`;
}

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
 * @param {string[]} tests as `product/test`
 * @param {number} seed of the rows
 * @returns {Promise<void>} rejects with esbuild's BuildFailure
 */
export async function bundle(tests, seed) {
  await Promise.all([buildAll(tests), generateRows(seed)]);
}

/** @param {string[]} tests */
function buildAll(tests) {
  return bundleScripts(tests.map((test) => ({ in: path.join(root, 'tests', `${test}.ts`), out: test })));
}

/**
 * Bundles any scripts for k6 the same way.
 * @param {{ in: string, out: string }[]} entryPoints `out` is relative to dist/, without an ending
 */
export async function bundleScripts(entryPoints) {
  const { outputFiles } = await esbuild.build({
    entryPoints,
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
    plugins: [contracts],
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
