import { ensureK6 } from '../../cli/k6/index.ts';
import type { Sandbox } from '../suite.ts';
import { startLoopbackServer } from './api-server.ts';
import { Cluster } from './cluster.ts';
import { startRealServer } from './real-server.ts';

/**
 * A cluster in which everything but its API server is played, and that too unless KUBERNETES_BINARIES names a folder
 * with kube-apiserver and etcd: see check.ts.
 * @param plays whether anything comes of what is created
 */
export async function startCluster(sandbox: Sandbox, { plays = true } = {}): Promise<Cluster> {
  const { KUBERNETES_BINARIES: binaries } = process.env;
  const k6 = await ensureK6({ env: process.env, log: () => {} });
  const cluster = new Cluster(sandbox, k6.path);
  await cluster.start((logOf) =>
    binaries ? startRealServer(binaries, sandbox.folder, logOf) : startLoopbackServer(logOf),
  );
  if (plays) cluster.play();
  return cluster;
}
