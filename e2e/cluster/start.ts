import path from 'node:path';
import { ensureK6 } from '../../cli/k6/index.ts';
import type { Sandbox } from '../suite.ts';
import { startLoopbackServer } from './api-server.ts';
import { Cluster } from './cluster.ts';
import { startRealServer } from './real-server.ts';

/**
 * A cluster in which everything is played; API server and collector are real where KUBERNETES_BINARIES names a folder
 * with kube-apiserver, etcd and collector: see check.ts.
 * @param plays whether anything comes of what is created
 */
export async function startCluster(sandbox: Sandbox, { plays = true } = {}): Promise<Cluster> {
  const { KUBERNETES_BINARIES: binaries } = process.env;
  const k6 = await ensureK6({ env: process.env, log: () => {} });
  const cluster = new Cluster(sandbox, {
    k6: k6.path,
    ...(binaries && { collector: path.join(binaries, 'collector') }),
  });
  await cluster.start((logOf) =>
    binaries ? startRealServer(binaries, sandbox.folder, logOf) : startLoopbackServer(logOf),
  );
  if (plays) cluster.play();
  return cluster;
}
