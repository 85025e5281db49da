import { type Command, InvalidArgumentError } from 'commander';
import type { TestSettings } from '../run/run-settings.ts';
import { environmentWith } from './environment.ts';
import { type ResultsOption, resultsOf } from './places.ts';
import { runSettings, testSettings } from './settings.ts';

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

const variablesOf = ({ timeScale, vusScale, seed }: ScaleOptions) => ({
  TIME_SCALE: timeScale,
  VUS_SCALE: vusScale,
  SEED: seed,
});

/**
 * The settings of a test.
 * @param others variables that options set as well
 * @throws Problem that names every malformed variable
 */
export const scaledSettings = (options: ScaleOptions, others: Record<string, string> = {}): TestSettings =>
  testSettings(environmentWith({ ...variablesOf(options), ...others }));

/**
 * What a run takes of options and variables.
 * @param others variables that options set as well
 * @throws Problem that names every malformed variable, or where production is not allowed
 */
export function loadRequest(options: LoadOptions, others: Record<string, string> = {}) {
  const { label = {}, allowProduction = false, keepData = false, generators, otlp, prometheusRw } = options;
  const env = environmentWith({
    ...variablesOf(options),
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
  if (!match) throw new InvalidArgumentError('It takes key=value, such as instance=t3.medium.');
  return { ...labels, [match[1] as string]: match[2] as string };
}
