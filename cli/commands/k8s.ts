import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { type Rendered, renderTest } from '../remote/kubernetes/render.ts';
import { runInCluster } from '../remote/kubernetes/run.ts';
import { type ClusterSettings, DEFAULTS, parseClusterOption } from '../remote/kubernetes/settings.ts';
import { watchSignals } from '../run/interruption.ts';
import { DIST, shown } from '../support/paths.ts';
import { Problem } from '../support/problem.ts';
import { commandTerminal, fromWhereTyped } from './environment.ts';
import {
  type LoadOptions,
  loadRequest,
  type ScaleOptions,
  scaledSettings,
  withLoadOptions,
  withScaleOptions,
} from './load-options.ts';
import { PRODUCT, TEST_ARGUMENT } from './names.ts';
import { tellOf } from './run.ts';

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
Manifests name variables that are secret, and the Secret with their values: --secret says which, and the command
prints how it is made.

Examples:
  TEST_ENV=staging API_URL=https://api.staging.example.com \\
    npm run suite -- k8s render ${PRODUCT}/peak --parallelism 4
  npm run suite -- k8s render ${PRODUCT}/peak --parallelism 4 --out - | \\
    kubectl apply --server-side -f -
  npm run suite -- k8s render ${PRODUCT}/peak --parallelism 20 --separate --cpu 2 --memory 4Gi \\
    --image registry.example.com/grafana/k6@sha256:…`;

const RUN_EXAMPLES = `
It takes k6-operator in the cluster, and the rights that docs/guides/kubernetes.md lists. Everything that it creates it
removes again. It ends with the codes of \`run\`.

Examples:
  TEST_ENV=staging API_URL=https://api.staging.example.com ADMIN_TOKEN=… WEBHOOK_SECRET=… \\
    npm run suite -- k8s run ${PRODUCT}/peak --parallelism 4 --collect-at http://runner.ci.svc:4318
  npm run suite -- k8s run ${PRODUCT}/peak --parallelism 20 --vus-scale 10 --separate \\
    --collect-at http://10.0.0.7:4318 --namespace load`;

const EXAMPLES = `
Examples:
  npm run suite -- k8s render ${PRODUCT}/peak --parallelism 4
  npm run suite -- k8s run ${PRODUCT}/peak --parallelism 4 --collect-at http://runner.ci.svc:4318

More by the --help of each. What is rendered and how a run goes: docs/guides/kubernetes.md.`;

export function k8sCommand(): Command {
  return new Command('k8s')
    .description('run a test on many machines, with k6-operator on Kubernetes')
    .addCommand(renderCommand())
    .addCommand(runCommand())
    .addHelpText('after', EXAMPLES);
}

function renderCommand(): Command {
  const command = new Command('render')
    .description('write the manifests of a test')
    .argument(...TEST_ARGUMENT);
  return withScaleOptions(withClusterOptions(command))
    .option('--name <name>', 'name of the TestRun (default: product-test)', parseClusterOption.name)
    .option(
      '--secret <name>',
      'Secret with the values of secret variables',
      parseClusterOption.name,
      DEFAULTS.secret,
    )
    .option(
      '--collect-at <url>',
      'where the collector sends telemetry on to (default: a file of its own)',
      parseClusterOption.url,
    )
    .option('--out <folder>', 'where manifests go, - for standard output (default: dist/k8s/<name>)')
    .addHelpText('after', RENDER_EXAMPLES)
    .action(render);
}

function runCommand(): Command {
  const command = new Command('run')
    .description('run a test in a cluster, and say whether the target holds')
    .argument(...TEST_ARGUMENT);
  return withLoadOptions(withClusterOptions(command))
    .requiredOption(
      '--collect-at <url>',
      'where pods reach this runner, to send it their telemetry',
      parseClusterOption.url,
    )
    .option(
      '--listen <port>',
      'port on which it listens for that (default: that of --collect-at)',
      parseClusterOption.port,
    )
    .option(
      '--secret <name>',
      'Secret with the values of secret variables (default: one made for the run)',
      parseClusterOption.name,
    )
    .addHelpText('after', RUN_EXAMPLES)
    .action(run);
}

function withClusterOptions(command: Command): Command {
  return command
    .requiredOption(
      '--parallelism <number>',
      'how many generators share the load',
      parseClusterOption.parallelism,
    )
    .option('--namespace <name>', "namespace (default: that of kubectl's context)", parseClusterOption.name)
    .option('--image <image>', 'image of k6, by tag or digest', parseClusterOption.image, DEFAULTS.image)
    .option(
      '--collector-image <image>',
      'image of the OpenTelemetry Collector, by tag or digest',
      parseClusterOption.image,
      DEFAULTS.collectorImage,
    )
    .option('--cpu <cores>', 'CPU that each generator asks for', parseClusterOption.cpu, DEFAULTS.cpu)
    .option(
      '--memory <amount>',
      'memory of each generator, at most',
      parseClusterOption.memory,
      DEFAULTS.memory,
    )
    .option('--separate', 'each generator on a node of its own', false)
    .option(
      '--claim <name>',
      'PersistentVolumeClaim with the archive of the test, which is over 1 MiB',
      parseClusterOption.name,
    );
}

/** A test is divided among as many generators. */
const dividedAmong = ({ parallelism }: ClusterSettings) => ({ GENERATORS: String(parallelism) });

async function render(test: string, options: RenderOptions): Promise<void> {
  const { name, secret, collectAt, out } = options;
  const settings = scaledSettings(options, dividedAmong(options));
  const request = { test, settings, pods: options, name, secret, collectAt };
  if (out === '-' && options.claim)
    throw new Problem('--claim takes an archive beside the manifests: name a folder for both by --out.');
  const rendered = await renderTest(request, commandTerminal());
  if (out === '-') process.stdout.write(Object.values(rendered.files).join('---\n'));
  else
    await leave(
      rendered,
      out ? fromWhereTyped(out) : await emptied(path.join(DIST, 'k8s', rendered.name)),
      options,
    );
}

/** What was rendered there before is not to be applied with what is now. */
async function emptied(folder: string): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  return folder;
}

/** Writes manifests into a folder, and says what else there is to do. */
async function leave(
  { files, secrets, archive }: Rendered,
  folder: string,
  { secret, namespace, claim }: RenderOptions,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [file, yaml] of Object.entries(files)) await writeFile(path.join(folder, file), yaml);
  await archive?.write(path.join(folder, archive.name));
  const into = namespace ? ` -n ${namespace}` : '';
  const steps = [
    // By a pipe: in argv, everybody on the machine could read the values.
    ...(secrets.length > 0
      ? [
          `env | grep -E '^(${secrets.join('|')})=' | ` +
            `kubectl create secret generic ${secret}${into} --from-env-file=/dev/stdin`,
        ]
      : []),
    ...(archive ? [`# put ${shown(path.join(folder, archive.name))} on the volume of ${claim}`] : []),
    // What kubectl notes beside an object by default has less room than a ConfigMap.
    `kubectl apply --server-side -f ${shown(folder)}`,
  ];
  process.stdout.write(
    `${Object.keys(files).length} files in ${shown(folder)}. Next:\n\n${steps.join('\n')}\n`,
  );
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
      ...loadRequest(options, dividedAmong(options)),
    },
    interruption,
    commandTerminal(),
  );
  await tellOf(report);
}
