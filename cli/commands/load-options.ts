import { type Command, InvalidArgumentError } from 'commander';
import type { TestSettings } from '../run/run-settings.ts';
import { environmentWith } from './environment.ts';
import { type ResultsOption, resultsOf } from './folder-options.ts';
import { runSettings, testSettings } from './settings.ts';

/** Command-line options that change the duration, the load or the data of a test. */
export interface ScaleOptions {
  timeScale?: string;
  vusScale?: string;
  seed?: string;
}

/** Command-line options of every command that generates load. */
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
    .option('--time-scale <factor>', 'factor for all durations (TIME_SCALE)')
    .option('--vus-scale <factor>', 'factor for all numbers of VUs (VUS_SCALE)')
    .option('--seed <number>', 'seed of test data and request order (SEED)');
}

export function withLoadOptions(command: Command): Command {
  return withScaleOptions(command)
    .option('--generators <number>', 'number of k6 processes that share the test (GENERATORS)')
    .option('--otlp <url>', 'also send metrics to this OTLP store (OTLP_URL)')
    .option('--prometheus-rw <url>', 'also send metrics by Prometheus remote write (PROMETHEUS_RW_URL)')
    .option('--label <key=value>', 'label of the result; can be repeated', collectLabel)
    .option('--allow-production', 'required with TEST_ENV=production')
    .option('--keep-data', 'keep created records in the target (remove them later with npm run cleanup)')
    .option('--results <folder>', 'folder for results (default: results/ of this checkout)');
}

const scaleVariables = ({ timeScale, vusScale, seed }: ScaleOptions) => ({
  TIME_SCALE: timeScale,
  VUS_SCALE: vusScale,
  SEED: seed,
});

/**
 * Parses the settings of a test from the environment and the options.
 * @param others environment variables that other options set
 * @throws Problem that names every malformed variable
 */
export const scaledSettings = (options: ScaleOptions, others: Record<string, string> = {}): TestSettings =>
  testSettings(environmentWith({ ...scaleVariables(options), ...others }));

/**
 * Parses the settings of a run from the environment and the options.
 * @param others environment variables that other options set
 * @throws Problem that names every malformed variable, or if production is not allowed
 */
export function loadRequest(options: LoadOptions, others: Record<string, string> = {}) {
  const { label = {}, allowProduction = false, keepData = false, generators, otlp, prometheusRw } = options;
  const env = environmentWith({
    ...scaleVariables(options),
    GENERATORS: generators,
    OTLP_URL: otlp,
    PROMETHEUS_RW_URL: prometheusRw,
    ...others,
  });
  return {
    labels: label,
    keepData,
    results: resultsOf(options),
    settings: runSettings(env, allowProduction),
  };
}

function collectLabel(text: string, labels: Record<string, string> = {}): Record<string, string> {
  const match = /^([A-Za-z][\w.-]*)=(.+)$/.exec(text);
  if (!match) throw new InvalidArgumentError('Expected key=value, such as instance=t3.medium.');
  return { ...labels, [match[1] as string]: match[2] as string };
}
