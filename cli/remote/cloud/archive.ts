import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { allVariables, secretVariableNames, type TestPlan } from '../../../lib/core/definition/index.ts';
import { archiveTest } from '../../run/inspect.ts';
import type { TestSettings } from '../../run/run-settings.ts';
import { newRunId } from '../../run/run-start.ts';
import { DIST } from '../../support/paths.ts';
import { Problem } from '../../support/problem.ts';
import type { Terminal } from '../../support/terminal.ts';
import { assertDeclaredVariables, assertVariables } from '../../support/variables.ts';
import { prepareTest } from '../prepare-remote-test.ts';
import { plainRequirements, plainVariables, secretsOf } from '../variables.ts';

export interface CloudRequest {
  test: string;
  settings: TestSettings;
}

export interface CloudTest {
  k6: string;
  plan: TestPlan;
  file: string;
  bytes: number;
  /**
   * The variables in the archive, with their values. Every member of the Grafana Cloud project can read these values.
   */
  variables: Record<string, string>;
  /** The names of the secret variables that the user must define in Grafana Cloud. */
  secrets: string[];
}

/**
 * Packs a test and its files into an archive for Grafana Cloud, without sending the archive.
 * @throws Problem if the test cannot run in Grafana Cloud
 */
export async function packForCloud(
  { test: given, settings }: CloudRequest,
  terminal: Terminal,
  signal?: AbortSignal,
): Promise<CloudTest> {
  const { env, environment } = settings;
  assertVariables(['API_URL'], env);
  if (environment === 'local')
    throw new Problem(
      'TEST_ENV=local only allows this machine, which Grafana Cloud cannot reach. Set TEST_ENV=staging, and API_URL to an address that is reachable from the internet.',
    );
  const { test, k6, plan } = await prepareTest(given, 1, settings, terminal, signal);
  assertDeclaredVariables(plainRequirements(plan), env, plan.variables);
  const file = path.join(DIST, 'cloud', `${test.replaceAll('/', '-')}.tar`);
  const plain = { ...packedVariables(plan, env), RUN_ID: newRunId(new Date()) };
  await mkdir(path.dirname(file), { recursive: true });
  await archiveTest(k6.path, test, env, file, plain);
  const archive = await readFile(file);
  assertWithoutSecrets(archive, plan, env);
  return {
    k6: k6.path,
    plan,
    file,
    bytes: archive.length,
    variables: plain,
    secrets: secretsOf(plan),
  };
}

/**
 * Returns the variables to put into the archive. Leaves out TEST_ENV, because k6 packs the test with TEST_ENV=local,
 * which has default values for secrets.
 */
const packedVariables = (plan: TestPlan, env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(plainVariables(plan, env).filter(([name]) => name !== 'TEST_ENV'));

/** Secrets with shorter values are not searched for in the archive, because they may be ordinary words. */
const MIN_SECRET_LENGTH = 8;

/** Checks that the archive contains no secrets. @throws Problem if the archive contains the value of a secret */
function assertWithoutSecrets(archive: Buffer, { variables }: TestPlan, env: NodeJS.ProcessEnv): void {
  const table = allVariables(variables);
  const found = secretVariableNames(variables).filter((name) => {
    const value = env[name] ?? '';
    return value !== table[name]?.local && value.length >= MIN_SECRET_LENGTH && archive.includes(value);
  });
  if (found.length > 0)
    throw new Problem(
      `The archive would contain the value of ${found.join(' and ')}, which everybody in the project could read. Remove it from the test and its data.`,
    );
}
