import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DIST, shown } from '../paths.ts';
import { archiveTest } from '../run/inspect.ts';
import type { Terminal } from '../terminal.ts';
import { assertVariables } from '../variables.ts';
import { plainRequirements, secretsOf, secretVariable } from './environment.ts';
import { manifestsOf, toYaml } from './manifests.ts';
import { prepareTest } from './prepare.ts';
import { renderingOf, scriptOf } from './rendering.ts';
import type { ClusterSettings } from './settings.ts';
import { assertTestRun } from './validate.ts';

export interface RenderRequest {
  test: string;
  env: NodeJS.ProcessEnv;
  settings: ClusterSettings;
  name?: string;
  secret: string;
  collectAt?: string;
  /** Absent means a folder of its own; - is standard output. */
  out?: string;
}

/** Variable with which a collector shows that it may send. */
export const TOKEN = 'COLLECT_TOKEN';

/** Writes the manifests of a test, and says what else there is to do. */
export async function renderTest(request: RenderRequest, terminal: Terminal): Promise<void> {
  const { env, settings, secret } = request;
  const { test, k6, plan } = await prepareTest(request.test, settings.parallelism, env, terminal);
  assertVariables(plainRequirements(plan), env);

  const name = request.name ?? test.replaceAll('/', '-');
  const forward = request.collectAt ? { url: request.collectAt, token: secretVariable(TOKEN, secret) } : null;
  const script = await scriptOf(plan, settings.claim);
  const manifests = manifestsOf(renderingOf({ settings, name, plan, env, secret, forward }, script));
  for (const one of Object.values(manifests).flat()) if (one.kind === 'TestRun') assertTestRun(one);

  const secrets = [...secretsOf(plan, env), ...(forward ? [TOKEN] : [])];
  if (request.out === '-') {
    process.stdout.write(toYaml(Object.values(manifests).flat()));
    return;
  }
  const folder = request.out ?? path.join(DIST, 'k8s', name);
  await mkdir(folder, { recursive: true });
  for (const [file, some] of Object.entries(manifests))
    await writeFile(path.join(folder, `${file}.yaml`), toYaml(some));
  if (script.from === 'claim') await archiveTest(k6.path, test, env, path.join(folder, script.archive));
  const steps = [
    ...(secrets.length > 0 ? [secretCommand(secrets, secret, settings)] : []),
    ...(script.from === 'claim'
      ? [`# put ${shown(folder)}/${script.archive} on the volume of ${script.claim}`]
      : []),
    // What kubectl notes beside an object by default has less room than a ConfigMap.
    `kubectl apply --server-side -f ${shown(folder)}`,
  ];
  process.stdout.write(
    `${Object.keys(manifests).length} files in ${shown(folder)}. Next:\n\n${steps.join('\n')}\n`,
  );
}

/** Values go from the environment to the cluster by a pipe: in argv, everybody on the machine could read them. */
function secretCommand(names: readonly string[], secret: string, { namespace }: ClusterSettings): string {
  const into = namespace ? ` -n ${namespace}` : '';
  return (
    `env | grep -E '^(${names.join('|')})=' | ` +
    `kubectl create secret generic ${secret}${into} --from-env-file=/dev/stdin`
  );
}
