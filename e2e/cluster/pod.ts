import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { V1ConfigMap, V1Container, V1EnvVar, V1PodSpec, V1Secret } from '@kubernetes/client-node';

/** What a pod gets from its surroundings. */
export interface Surroundings {
  /** Stands for the root of its file system; a new one for each pod. */
  root: string;
  labels: Record<string, string>;
  configMap(name: string): Promise<V1ConfigMap>;
  secret(name: string): Promise<V1Secret>;
  /** Folder with what is on a claim. */
  claim(name: string): string;
  /** Where a name and port of the cluster is on this machine. */
  resolve(text: string): string;
  /** Environment of its processes, beside what the pod says. */
  env: NodeJS.ProcessEnv;
}

export interface PlayedPod {
  log: string;
  process: ChildProcess;
  exit: Promise<number>;
}

/**
 * Plays a pod by local processes: its volumes are folders, and what it calls /test is /test below a folder of its own.
 * Its init containers come to their end first.
 * @throws Error where one of them fails
 */
export async function playPod(spec: V1PodSpec, around: Surroundings): Promise<PlayedPod> {
  await makeVolumes(spec, around);
  for (const container of spec.initContainers ?? []) {
    const played = await playContainer(container, around);
    if ((await played.exit) !== 0) throw new Error(`${container.name} failed: ${played.log}`);
  }
  return playContainer(spec.containers[0] as V1Container, around);
}

const volumeFolder = ({ root }: Surroundings, name: string) => path.join(root, 'volumes', name);

async function makeVolumes({ volumes = [] }: V1PodSpec, around: Surroundings): Promise<void> {
  for (const { name, configMap, persistentVolumeClaim } of volumes) {
    const folder = volumeFolder(around, name);
    mkdirSync(path.dirname(folder), { recursive: true });
    if (persistentVolumeClaim) {
      symlinkSync(around.claim(persistentVolumeClaim.claimName), folder);
      continue;
    }
    mkdirSync(folder);
    if (!configMap) continue;
    const { data = {}, binaryData = {} } = await around.configMap(configMap.name as string);
    for (const [key, value] of Object.entries(data)) writeFileSync(path.join(folder, key), value);
    for (const [key, value] of Object.entries(binaryData))
      writeFileSync(path.join(folder, key), Buffer.from(value, 'base64'));
  }
}

async function playContainer(container: V1Container, around: Surroundings): Promise<PlayedPod> {
  const { root } = around;
  const places = (container.volumeMounts ?? []).map(({ name, mountPath, subPath = '' }) => {
    const place = path.join(root, container.name, mountPath);
    mkdirSync(path.dirname(place), { recursive: true });
    symlinkSync(path.join(volumeFolder(around, name), subPath), place);
    return mountPath;
  });
  const mount = new RegExp(`(?<![\\w/])(?=(?:${places.join('|')})/)`, 'g');
  const here = (text: string) => around.resolve(text.replaceAll(mount, path.join(root, container.name)));
  const [command = '', ...args] = (container.command ?? []).map(here);
  const child = spawn(command, args, {
    cwd: root,
    env: { ...around.env, ...(await valuesOf(container.env ?? [], around)) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const played: PlayedPod = {
    log: '',
    process: child,
    exit: new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGKILL' ? 137 : 143)));
    }),
  };
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      played.log += text;
    });
  return played;
}

/** The variables of a container. */
export async function valuesOf(
  variables: readonly V1EnvVar[],
  { labels, secret, resolve }: Surroundings,
): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const { name, value = '', valueFrom } of variables) {
    if (valueFrom?.secretKeyRef) {
      const { name: of = '', key } = valueFrom.secretKeyRef;
      const encoded = (await secret(of)).data?.[key];
      if (encoded === undefined) throw new Error(`the secret ${of} has no ${key}`);
      values[name] = Buffer.from(encoded, 'base64').toString();
    } else if (valueFrom?.fieldRef) {
      const [, label = ''] = /^metadata\.labels\['(.+)'\]$/.exec(valueFrom.fieldRef.fieldPath) ?? [];
      values[name] = labels[label] ?? '';
    } else {
      values[name] = resolve(value.replace(/\$\((\w+)\)/g, (all, other) => values[other] ?? all));
    }
  }
  return values;
}
