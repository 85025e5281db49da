import { type Command, InvalidArgumentError } from 'commander';
import { type ResultsOption, resultsOf } from './places.ts';

/** What a test itself is made by. */
export interface ScaleOptions {
  timeScale?: string;
  vusScale?: string;
  seed?: string;
}

/** What everything that puts load on takes. */
export interface LoadOptions extends ScaleOptions, ResultsOption {
  generators?: string;
  otlp?: string;
  prometheusRw?: string;
  label?: Record<string, string>;
  allowProduction?: boolean;
  keepData?: boolean;
}

export function withScaleOptions(command: Command): Command {
  return command
    .option('--time-scale <factor>', 'factor on every duration (TIME_SCALE)')
    .option('--vus-scale <factor>', 'factor on every number of VUs (VUS_SCALE)')
    .option('--seed <number>', 'seed of data and order of requests (SEED)');
}

export function withLoadOptions(command: Command): Command {
  return withScaleOptions(command)
    .option('--generators <number>', 'k6 processes among which a test is divided (GENERATORS)')
    .option('--otlp <url>', 'send the metrics to this OTLP store as well (OTLP_URL)')
    .option('--prometheus-rw <url>', 'send them by Prometheus remote write as well (PROMETHEUS_RW_URL)')
    .option('--label <key=value>', 'remark kept with the result; may be given several times', collectLabel)
    .option('--allow-production', 'needed where TEST_ENV=production')
    .option('--keep-data', 'leave what is created in the target (later: npm run cleanup)')
    .option('--results <folder>', 'where results go (default: results/ of this checkout)');
}

/**
 * The environment with the options in it: an option is another way to set its variable, and comes before it.
 * @param others set by options as well
 */
export function scaledEnvironment(
  { timeScale, vusScale, seed }: ScaleOptions,
  others: Record<string, string | undefined> = {},
): NodeJS.ProcessEnv {
  const set = { TIME_SCALE: timeScale, VUS_SCALE: vusScale, SEED: seed, ...others };
  return {
    ...process.env,
    ...Object.fromEntries(Object.entries(set).filter(([, value]) => value !== undefined)),
  };
}

/** The same as a run takes it. */
export function loadRequest({
  label = {},
  allowProduction = false,
  keepData = false,
  generators,
  otlp,
  prometheusRw,
  ...options
}: LoadOptions) {
  return {
    labels: label,
    allowProduction,
    keepData,
    results: resultsOf(options),
    env: scaledEnvironment(options, {
      GENERATORS: generators,
      OTLP_URL: otlp,
      PROMETHEUS_RW_URL: prometheusRw,
    }),
  };
}

function collectLabel(text: string, labels: Record<string, string> = {}): Record<string, string> {
  const match = /^([A-Za-z][\w.-]*)=(.+)$/.exec(text);
  if (!match) throw new InvalidArgumentError('It takes key=value, such as instance=t3.medium.');
  return { ...labels, [match[1] as string]: match[2] as string };
}
