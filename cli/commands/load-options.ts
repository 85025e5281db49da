import { type Command, InvalidArgumentError } from 'commander';
import { type ResultsOption, resultsOf } from './places.ts';

/** What everything that puts load on takes. */
export interface LoadOptions extends ResultsOption {
  timeScale?: string;
  vusScale?: string;
  seed?: string;
  label?: Record<string, string>;
  allowProduction?: boolean;
  keepData?: boolean;
}

export function withLoadOptions(command: Command): Command {
  return command
    .option('--time-scale <factor>', 'factor on every duration (TIME_SCALE)')
    .option('--vus-scale <factor>', 'factor on every number of VUs (VUS_SCALE)')
    .option('--seed <number>', 'seed of data and order of requests (SEED)')
    .option('--label <key=value>', 'remark kept with the result; may be given several times', collectLabel)
    .option('--allow-production', 'needed where TEST_ENV=production')
    .option('--keep-data', 'leave what is created in the target (later: npm run cleanup)')
    .option('--results <folder>', 'where results go (default: results/ of this checkout)');
}

/** The same as a run takes it. */
export function loadRequest({
  timeScale,
  vusScale,
  seed,
  label = {},
  allowProduction = false,
  keepData = false,
  ...options
}: LoadOptions) {
  const set = { TIME_SCALE: timeScale, VUS_SCALE: vusScale, SEED: seed };
  return {
    labels: label,
    allowProduction,
    keepData,
    results: resultsOf(options),
    // An option is another way to set its variable, and comes before it.
    env: {
      ...process.env,
      ...Object.fromEntries(Object.entries(set).filter(([, value]) => value !== undefined)),
    } as NodeJS.ProcessEnv,
  };
}

function collectLabel(text: string, labels: Record<string, string> = {}): Record<string, string> {
  const match = /^([A-Za-z][\w.-]*)=(.+)$/.exec(text);
  if (!match) throw new InvalidArgumentError('It takes key=value, such as instance=t3.medium.');
  return { ...labels, [match[1] as string]: match[2] as string };
}
