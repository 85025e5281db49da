import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { VariableDeclaration } from '../lib/core/definition/index.ts';
import { ROOT, type Sandbox } from './sandbox.ts';

/** Names of files and folders that contain no sources, so they are not copied. */
const NOT_COPIED = ['node_modules', 'dist', 'results', '.git'];
/** Folders that contain the tests and benchmarks of load-suite. */
const TEST_FOLDERS = ['e2e', 'bench'];

/**
 * A copy of this checkout whose files a test may change. The copy links to the installed dependencies.
 * @param withTests whether to copy the tests and benchmarks of load-suite too
 */
export class Checkout {
  readonly root: string;
  readonly #sandbox: Sandbox;

  constructor(sandbox: Sandbox, name = 'checkout', { withTests = false } = {}) {
    this.#sandbox = sandbox;
    this.root = sandbox.subfolder(name);
    const notCopied = withTests ? NOT_COPIED : [...NOT_COPIED, ...TEST_FOLDERS];
    for (const entry of readdirSync(ROOT))
      if (!notCopied.includes(entry))
        cpSync(path.join(ROOT, entry), path.join(this.root, entry), {
          recursive: true,
          filter: (source) => withTests || !source.endsWith('.test.ts'),
        });
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(this.root, 'node_modules'));
  }

  read(file: string): string {
    return readFileSync(path.join(this.root, file), 'utf8');
  }

  write(file: string, text: string): void {
    const target = path.join(this.root, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  }

  /** Makes the copy a git repository, because the docs generator lists its files with git. */
  initRepository(): void {
    execFileSync('git', ['init', '--quiet', '--initial-branch', 'main', this.root]);
  }

  /** Bundles every test. @returns the output of esbuild.config.mjs */
  async bundle(env: Record<string, string> = {}): Promise<string> {
    const { code, stdout, stderr } = await this.#sandbox.spawn(process.execPath, ['esbuild.config.mjs'], {
      cwd: this.root,
      env,
    }).exit;
    assert.equal(code, 0, stderr);
    return stdout;
  }
}

/**
 * Adds the product `fixture`, whose service has no database.
 * @param plugin body of the function that adds routes to `app`
 */
export function addProduct(checkout: Checkout, { plugin = '' }: { plugin?: string } = {}): void {
  checkout.write(
    'reference-service/products/fixture/index.ts',
    `import { defineProduct } from '../product.ts';

export const product = defineProduct({ name: 'fixture', service: () => import('./service.ts') });
`,
  );
  checkout.write(
    'reference-service/products/fixture/service.ts',
    `import { addLoadRunRoute, loadRunOf } from '../../http/load-run.ts';
import type { StartService } from '../product.ts';

export const start: StartService = async () => ({
  async plugin(app) {
    ${plugin}
  },
});
`,
  );
  addProductTests(checkout);
}

/**
 * Adds the product `fixture` without a service.
 * @param variables the environment variables that product.ts declares
 */
export function addProductTests(checkout: Checkout, variables: Record<string, VariableDeclaration> = {}): void {
  checkout.write(
    'tests/fixture/product.ts',
    `import { defineVariables, type Product } from 'load-suite';

export const variables = defineVariables(${JSON.stringify(variables)});

export const product: Product = {
  name: 'fixture',
  target: { healthPath: '/health', metricsPath: '/metrics', probes: [] },
};
`,
  );
}

/**
 * Adds a test to the product `fixture`.
 * @param top code at the beginning of the file, before the definition
 * @param iterate body of an iteration
 * @param workload, traffic expressions in TypeScript. Default: one iteration that calls no endpoint
 */
export function addTest(
  checkout: Checkout,
  file: string,
  {
    name = file,
    top = '',
    iterate = '',
    workload = "once({ maxDuration: '10s' })",
    traffic = `{
    uses: () => ({ endpoints: [], flows: [] }),
    iterate: () => {
      ${iterate}
    },
  }`,
  }: { name?: string; top?: string; iterate?: string; workload?: string; traffic?: string },
): void {
  checkout.write(
    `tests/fixture/${file}.ts`,
    `${top}
import { defineTest, noFailedCheck, once } from 'load-suite';
import { product } from './product.ts';

export const { options, run, handleSummary } = defineTest({
  product,
  test: '${name}',
  description: 'a fixture',
  workload: ${workload},
  traffic: ${traffic},
  criteria: [noFailedCheck()],
});
`,
  );
}
