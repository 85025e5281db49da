import { Command } from 'commander';
import { renderTest } from '../k8s/render.ts';
import { type ClusterSettings, DEFAULTS, parse } from '../k8s/settings.ts';
import { fromWhereTyped } from '../paths.ts';
import { openTerminal } from '../terminal.ts';
import { type ScaleOptions, scaledEnvironment, withScaleOptions } from './load-options.ts';

interface RenderOptions extends ClusterSettings, ScaleOptions {
  name?: string;
  secret: string;
  collectAt?: string;
  out?: string;
}

const RENDER_EXAMPLES = `
Manifests name variables that are secret, and the Secret with their values: --secret says which, and the command
prints how it is made.

Examples:
  TEST_ENV=staging API_URL=https://api.staging.example.com \\
    npm run suite -- k8s render booking/peak --parallelism 4
  npm run suite -- k8s render booking/peak --parallelism 4 --out - | \\
    kubectl apply --server-side -f -
  npm run suite -- k8s render booking/peak --parallelism 20 --separate --cpu 2 --memory 4Gi \\
    --image registry.example.com/grafana/k6@sha256:…`;

export function k8sCommand(): Command {
  return new Command('k8s')
    .description('run a test on many machines, with k6-operator on Kubernetes')
    .addCommand(renderCommand())
    .addHelpText('after', '\nExamples:\n  npm run suite -- k8s render --help');
}

function renderCommand(): Command {
  const command = new Command('render')
    .description('write the manifests of a test')
    .argument('<test>', 'product/test as `list` shows them; without a product, one of booking');
  return withScaleOptions(withClusterOptions(command))
    .option('--name <name>', 'name of the TestRun (default: product-test)', parse.name)
    .option('--secret <name>', 'Secret with the values of secret variables', parse.name, DEFAULTS.secret)
    .option(
      '--collect-at <url>',
      'where the collector sends telemetry on to (default: a file of its own)',
      parse.url,
    )
    .option('--out <folder>', 'where manifests go, - for standard output (default: dist/k8s/<name>)')
    .addHelpText('after', RENDER_EXAMPLES)
    .action(render);
}

function withClusterOptions(command: Command): Command {
  return command
    .requiredOption('--parallelism <number>', 'how many generators share the load', parse.parallelism)
    .option('--namespace <name>', "namespace (default: that of kubectl's context)", parse.name)
    .option('--image <image>', 'image of k6, by tag or digest', parse.image, DEFAULTS.image)
    .option(
      '--collector-image <image>',
      'image of the OpenTelemetry Collector, by tag or digest',
      parse.image,
      DEFAULTS.collectorImage,
    )
    .option('--cpu <cores>', 'CPU that each generator asks for', parse.cpu, DEFAULTS.cpu)
    .option('--memory <amount>', 'memory of each generator, at most', parse.memory, DEFAULTS.memory)
    .option('--separate', 'each generator on a node of its own', false)
    .option(
      '--claim <name>',
      'PersistentVolumeClaim with the archive of the test, which is over 1 MiB',
      parse.name,
    );
}

async function render(test: string, options: RenderOptions): Promise<void> {
  const { timeScale, vusScale, seed, name, secret, collectAt, out, ...settings } = options;
  const env = scaledEnvironment({ timeScale, vusScale, seed });
  const folder = out === undefined || out === '-' ? out : fromWhereTyped(out);
  await renderTest({ test, env, settings, name, secret, collectAt, out: folder }, openTerminal());
}
