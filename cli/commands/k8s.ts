import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { type Rendered, renderTest } from '../remote/kubernetes/render.ts';
import { runInCluster } from '../remote/kubernetes/run.ts';
import { type ClusterSettings, DEFAULTS, parseClusterOption } from '../remote/kubernetes/settings.ts';
import { watchSignals } from '../run/interruption.ts';
import { DIST, shown } from '../support/paths.ts';
import { Problem } from '../support/problem.ts';
import { EXAMPLE_PRODUCT, TEST_ARGUMENT } from './arguments.ts';
import { commandTerminal, fromUserFolder } from './environment.ts';
import {
  type LoadOptions,
  loadRequest,
  type ScaleOptions,
  scaledSettings,
  withLoadOptions,
  withScaleOptions,
} from './load-options.ts';
import { presentRun } from './run.ts';

interface RenderOptions extends ClusterSettings, ScaleOptions {
  name?: string;
  secret: string;
  collectAt?: string;
  out?: string;
}

interface RunOptions extends ClusterSettings, LoadOptions {
  secret?: string;
  collectAt: string;
  listen?: number;
}

const RENDER_EXAMPLES = `
Manifests refer to a Secret for the values of secret variables. Set the name of the Secret with --secret. The command
prints how to create the Secret.

Examples:
  TEST_ENV=staging API_URL=https://api.staging.example.com \\
    npm run suite -- k8s render ${EXAMPLE_PRODUCT}/peak --parallelism 4
  npm run suite -- k8s render ${EXAMPLE_PRODUCT}/peak --parallelism 4 --out - | \\
    kubectl apply --server-side -f -
  npm run suite -- k8s render ${EXAMPLE_PRODUCT}/peak --parallelism 20 --separate --cpu 2 --memory 4Gi \\
    --image registry.example.com/grafana/k6@sha256:…`;

const RUN_EXAMPLES = `
Requires k6-operator in the cluster and the permissions in docs/guides/kubernetes.md. The runner removes everything that
it creates. The exit codes are those of \`run\`.

Examples:
  TEST_ENV=staging API_URL=https://api.staging.example.com ADMIN_TOKEN=… WEBHOOK_SECRET=… \\
    npm run suite -- k8s run ${EXAMPLE_PRODUCT}/peak --parallelism 4 --collect-at http://runner.ci.svc:4318
  npm run suite -- k8s run ${EXAMPLE_PRODUCT}/peak --parallelism 20 --vus-scale 10 --separate \\
    --collect-at http://10.0.0.7:4318 --namespace load`;

const EXAMPLES = `
Examples:
  npm run suite -- k8s render ${EXAMPLE_PRODUCT}/peak --parallelism 4
  npm run suite -- k8s run ${EXAMPLE_PRODUCT}/peak --parallelism 4 --collect-at http://runner.ci.svc:4318

See the --help of each command, and docs/guides/kubernetes.md.`;

export function k8sCommand(): Command {
  return new Command('k8s')
    .description('run a test on many machines, with k6-operator on Kubernetes')
    .addCommand(renderCommand())
    .addCommand(runCommand())
    .addHelpText('after', EXAMPLES);
}

function renderCommand(): Command {
  const command = new Command('render').description('write the manifests of a test').argument(...TEST_ARGUMENT);
  return withScaleOptions(withClusterOptions(command))
    .option('--name <name>', 'name of the TestRun (default: product-test)', parseClusterOption.name)
    .option('--secret <name>', 'Secret with the values of secret variables', parseClusterOption.name, DEFAULTS.secret)
    .option('--collect-at <url>', 'where the collector forwards telemetry (default: to a file)', parseClusterOption.url)
    .option('--out <folder>', 'folder for manifests, - for standard output (default: dist/k8s/<name>)')
    .addHelpText('after', RENDER_EXAMPLES)
    .action(render);
}

function runCommand(): Command {
  const command = new Command('run')
    .description('run a test in a cluster and judge whether the target holds')
    .argument(...TEST_ARGUMENT);
  return withLoadOptions(withClusterOptions(command))
    .requiredOption('--collect-at <url>', 'address at which pods send telemetry to this runner', parseClusterOption.url)
    .option(
      '--listen <port>',
      'local port on which to receive telemetry (default: the port of --collect-at)',
      parseClusterOption.port,
    )
    .option(
      '--secret <name>',
      'Secret with the values of secret variables (default: created for the run)',
      parseClusterOption.name,
    )
    .addHelpText('after', RUN_EXAMPLES)
    .action(run);
}

function withClusterOptions(command: Command): Command {
  return command
    .requiredOption('--parallelism <number>', 'number of generators', parseClusterOption.parallelism)
    .option('--namespace <name>', "namespace (default: the namespace of kubectl's context)", parseClusterOption.name)
    .option('--image <image>', 'k6 image with tag or digest', parseClusterOption.image, DEFAULTS.image)
    .option(
      '--collector-image <image>',
      'OpenTelemetry Collector image with tag or digest',
      parseClusterOption.image,
      DEFAULTS.collectorImage,
    )
    .option('--cpu <cores>', 'CPU request (reserved CPU) of each generator', parseClusterOption.cpu, DEFAULTS.cpu)
    .option('--memory <amount>', 'memory limit of each generator', parseClusterOption.memory, DEFAULTS.memory)
    .option('--separate', 'run each generator on a separate node', false)
    .option(
      '--claim <name>',
      'PersistentVolumeClaim with the archive of the test, for tests over 1 MiB',
      parseClusterOption.name,
    );
}

/** Sets the variable that divides a test among the generators. */
const generatorVariables = ({ parallelism }: ClusterSettings) => ({ GENERATORS: String(parallelism) });

async function render(test: string, options: RenderOptions): Promise<void> {
  const { name, secret, collectAt, out } = options;
  const settings = scaledSettings(options, generatorVariables(options));
  const request = { test, settings, pods: options, name, secret, collectAt };
  if (out === '-' && options.claim)
    throw new Problem('--claim also writes an archive, so --out must be a folder and not -.');
  const rendered = await renderTest(request, commandTerminal());
  if (out === '-') process.stdout.write(Object.values(rendered.files).join('---\n'));
  else
    await writeManifests(
      rendered,
      out ? fromUserFolder(out) : await emptyFolder(path.join(DIST, 'k8s', rendered.name)),
      options,
    );
}

/**
 * Deletes the folder, so that `kubectl apply` does not apply manifests of an earlier command together with the new
 * ones.
 */
async function emptyFolder(folder: string): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  return folder;
}

/** Writes manifests to a folder and prints the next steps. */
async function writeManifests(
  { files, secrets, archive }: Rendered,
  folder: string,
  { secret, namespace, claim }: RenderOptions,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [file, yaml] of Object.entries(files)) await writeFile(path.join(folder, file), yaml);
  await archive?.write(path.join(folder, archive.name));
  const into = namespace ? ` -n ${namespace}` : '';
  const steps = [
    // Pass secrets through a pipe, because other users of the machine can read process arguments.
    ...(secrets.length > 0
      ? [
          `env | grep -E '^(${secrets.join('|')})=' | ` +
            `kubectl create secret generic ${secret}${into} --from-env-file=/dev/stdin`,
        ]
      : []),
    ...(archive ? [`# put ${shown(path.join(folder, archive.name))} on the volume of ${claim}`] : []),
    // Without --server-side, kubectl copies each object into an annotation, whose size limit is too small for a
    // ConfigMap.
    `kubectl apply --server-side -f ${shown(folder)}`,
  ];
  process.stdout.write(`${Object.keys(files).length} files in ${shown(folder)}. Next:\n\n${steps.join('\n')}\n`);
}

async function run(test: string, options: RunOptions): Promise<void> {
  using interruption = watchSignals();
  const { secret, collectAt, listen } = options;
  const report = await runInCluster(
    {
      test,
      pods: options,
      secret,
      collectAt,
      listen,
      ...loadRequest(options, generatorVariables(options)),
    },
    interruption,
    commandTerminal(),
  );
  await presentRun(report);
}
