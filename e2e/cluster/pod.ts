import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { V1ConfigMap, V1Container, V1EnvVar, V1PodSpec, V1Secret } from '@kubernetes/client-node';

/** Everything that a simulated pod needs from the cluster and from this machine. */
export interface PodEnvironment {
  /** Folder that replaces the root of the pod's file system. */
  root: string;
  labels: Record<string, string>;
  configMap(name: string): Promise<V1ConfigMap>;
  secret(name: string): Promise<V1Secret>;
  /** Returns the folder that holds the files of a PersistentVolumeClaim. */
  claim(name: string): string;
  /** Replaces cluster addresses in a text with addresses on this machine. */
  resolve(text: string): string;
  /** Additional environment variables for the processes of the pod. */
  env: NodeJS.ProcessEnv;
}

export interface SimulatedPod {
  log: string;
  process: ChildProcess;
  exit: Promise<number>;
}

/**
 * Simulates a pod with local processes. Volumes are folders, and mount paths are below `root`. Init containers run
 * before the main container.
 * @throws Error if an init container fails
 */
export async function simulatePod(spec: V1PodSpec, environment: PodEnvironment): Promise<SimulatedPod> {
  await makeVolumes(spec, environment);
  for (const container of spec.initContainers ?? []) {
    const simulated = await simulateContainer(container, environment);
    if ((await simulated.exit) !== 0) throw new Error(`${container.name} failed: ${simulated.log}`);
  }
  return simulateContainer(spec.containers[0] as V1Container, environment);
}

const volumeFolder = ({ root }: PodEnvironment, name: string) => path.join(root, 'volumes', name);

async function makeVolumes({ volumes = [] }: V1PodSpec, environment: PodEnvironment): Promise<void> {
  for (const { name, configMap, persistentVolumeClaim } of volumes) {
    const folder = volumeFolder(environment, name);
    mkdirSync(path.dirname(folder), { recursive: true });
    if (persistentVolumeClaim) {
      symlinkSync(environment.claim(persistentVolumeClaim.claimName), folder);
      continue;
    }
    mkdirSync(folder);
    if (!configMap) continue;
    const { data = {}, binaryData = {} } = await environment.configMap(configMap.name as string);
    for (const [key, value] of Object.entries(data)) writeFileSync(path.join(folder, key), value);
    for (const [key, value] of Object.entries(binaryData))
      writeFileSync(path.join(folder, key), Buffer.from(value, 'base64'));
  }
}

async function simulateContainer(container: V1Container, environment: PodEnvironment): Promise<SimulatedPod> {
  const { root } = environment;
  const places = (container.volumeMounts ?? []).map(({ name, mountPath, subPath = '' }) => {
    const place = path.join(root, container.name, mountPath);
    mkdirSync(path.dirname(place), { recursive: true });
    symlinkSync(path.join(volumeFolder(environment, name), subPath), place);
    return mountPath;
  });
  const mount = new RegExp(`(?<![\\w/])(?=(?:${places.join('|')})/)`, 'g');
  const localize = (text: string) => environment.resolve(text.replaceAll(mount, path.join(root, container.name)));
  const [command = '', ...args] = (container.command ?? []).map(localize);
  const child = spawn(command, args, {
    cwd: root,
    env: { ...environment.env, ...(await containerEnv(container.env ?? [], environment)) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const simulated: SimulatedPod = {
    log: '',
    process: child,
    exit: new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGKILL' ? 137 : 143)));
    }),
  };
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      simulated.log += text;
    });
  return simulated;
}

/** Returns the environment variables of a container, including values that come from secrets and labels. */
export async function containerEnv(
  variables: readonly V1EnvVar[],
  { labels, secret, resolve }: PodEnvironment,
): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const { name, value = '', valueFrom } of variables) {
    if (valueFrom?.secretKeyRef) {
      const { name: secretName = '', key } = valueFrom.secretKeyRef;
      const encoded = (await secret(secretName)).data?.[key];
      if (encoded === undefined) throw new Error(`the secret ${secretName} has no ${key}`);
      values[name] = Buffer.from(encoded, 'base64').toString();
    } else if (valueFrom?.fieldRef) {
      const [, label = ''] = /^metadata\.labels\['(.+)'\]$/.exec(valueFrom.fieldRef.fieldPath) ?? [];
      values[name] = labels[label] ?? '';
    } else {
      values[name] = resolve(value.replace(/\$\((\w+)\)/g, (reference, variable) => values[variable] ?? reference));
    }
  }
  return values;
}
