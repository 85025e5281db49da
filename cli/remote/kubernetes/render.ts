import { archiveTest } from '../../run/inspect.ts';
import type { TestSettings } from '../../run/run-settings.ts';
import type { Terminal } from '../../support/terminal.ts';
import { assertDeclaredVariables } from '../../support/variables.ts';
import { prepareTest } from '../prepare-remote-test.ts';
import { plainRequirements, secretsOf } from '../variables.ts';
import { manifestsOf, toYaml } from './manifests.ts';
import { renderingOf, scriptOf, secretVariable, TOKEN } from './rendering.ts';
import type { ClusterSettings } from './settings.ts';
import { assertTestRun } from './test-run-schema.ts';

export interface RenderRequest {
  test: string;
  settings: TestSettings;
  pods: ClusterSettings;
  /** The name of the TestRun. The default is derived from the name of the test. */
  name?: string;
  secret: string;
  collectAt?: string;
}

export interface Rendered {
  name: string;
  /** The content of the YAML files by file name, in the order in which to apply the files. */
  files: Record<string, string>;
  /** The names of the variables that the Secret must contain. */
  secrets: string[];
  /** The archive that the user must copy to the volume claim. Null if a ConfigMap contains the test. */
  archive: { name: string; write: (file: string) => Promise<void> } | null;
}

/**
 * Renders the manifests of a test. @throws Problem if the test cannot be rendered, or a required variable that is not
 * secret is missing
 */
export async function renderTest(request: RenderRequest, terminal: Terminal): Promise<Rendered> {
  const { settings, pods, secret } = request;
  const { env } = settings;
  const { test, k6, plan } = await prepareTest(request.test, pods.parallelism, settings, terminal);
  assertDeclaredVariables(plainRequirements(plan), env, plan.variables);

  const name = request.name ?? test.replaceAll('/', '-');
  const forward = request.collectAt ? { url: request.collectAt, token: secretVariable(TOKEN, secret) } : null;
  const script = await scriptOf(plan, pods.claim);
  const manifests = manifestsOf(renderingOf({ settings: pods, name, plan, env, secret, forward }, script));
  for (const manifest of Object.values(manifests).flat()) if (manifest.kind === 'TestRun') assertTestRun(manifest);
  return {
    name,
    files: Object.fromEntries(
      Object.entries(manifests).map(([file, documents]) => [`${file}.yaml`, toYaml(documents)]),
    ),
    secrets: [...secretsOf(plan), ...(forward ? [TOKEN] : [])],
    archive:
      script.from === 'claim' ? { name: script.archive, write: (file) => archiveTest(k6.path, test, env, file) } : null,
  };
}
