/**
 * Runs the Kubernetes tests with a real kube-apiserver on etcd and a real OpenTelemetry Collector, all on loopback.
 *
 *     npm run check:k8s            takes 7 minutes on 2 cores the first time, because it builds them with Go; then 2 minutes
 *
 * Go builds the programs from the modules in kubernetes/ and collector/. The go.sum of each module pins its
 * dependencies. The rest of the cluster is simulated: pods are local processes, and operator.ts replaces k6-operator.
 */
import { spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from '../../cli/node/cache.mjs';
import { ROOT } from '../sandbox.ts';

/** For each program, the Go module that builds the program and the package to build. */
const PROGRAMS = {
  etcd: ['kubernetes', 'go.etcd.io/etcd/server/v3'],
  'kube-apiserver': ['kubernetes', 'k8s.io/kubernetes/cmd/kube-apiserver'],
  collector: ['collector', 'collector'],
} as const;
const TESTS = ['k8s-manifests', 'k8s-run'];

/** @returns the exit code of the command */
function run(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

const moduleFolder = (module: string) => path.join(import.meta.dirname, module);

/** Returns a hash of the Go sources, so that changed sources are rebuilt. */
function sourcesId(): string {
  const sums = ['kubernetes', 'collector'].map((module) => readFileSync(path.join(moduleFolder(module), 'go.sum')));
  return hash('sha256', Buffer.concat(sums)).slice(0, 12);
}

/** @returns the folder that contains the built programs */
async function build(): Promise<string> {
  const folder = path.join(cacheFolder(process.env), `kubernetes-${sourcesId()}`);
  await mkdir(folder, { recursive: true });
  for (const [name, [module, source]] of Object.entries(PROGRAMS)) {
    const target = path.join(folder, name);
    if (existsSync(target)) continue;
    const startedAt = performance.now();
    process.stdout.write(`Building ${name} with Go …\n`);
    const args = ['build', '-trimpath', '-ldflags=-s -w', '-mod=readonly', '-o', `${target}.new`, source];
    if ((await run('go', args, moduleFolder(module), { CGO_ENABLED: '0', GOWORK: 'off' })) !== 0) process.exit(1);
    await rename(`${target}.new`, target);
    process.stdout.write(`Built ${name} in ${Math.round((performance.now() - startedAt) / 1000)} s.\n`);
  }
  return folder;
}

const KUBERNETES_BINARIES = await build();
process.exitCode = await run(
  process.execPath,
  ['--test', ...TESTS.map((test) => path.join('e2e', `${test}.test.ts`))],
  ROOT,
  { KUBERNETES_BINARIES },
);
