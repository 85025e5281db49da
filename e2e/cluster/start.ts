import path from 'node:path';
import { ensureK6 } from '../../cli/k6/index.ts';
import type { Sandbox } from '../sandbox.ts';
import { startLoopbackServer } from './api-server.ts';
import { Cluster } from './cluster.ts';
import { startRealServer } from './real-server.ts';

/**
 * Starts a simulated cluster. If KUBERNETES_BINARIES names a folder with kube-apiserver, etcd and collector, the API
 * server and the collector are real programs. check.ts sets this variable.
 * @param runsPods whether pods of created objects run; if false, objects are only stored
 */
export async function startCluster(sandbox: Sandbox, { runsPods = true } = {}): Promise<Cluster> {
  const { KUBERNETES_BINARIES: binaries } = process.env;
  const k6 = await ensureK6({ env: process.env, log: () => {} });
  const cluster = new Cluster(sandbox, {
    k6: k6.path,
    ...(binaries && { collector: path.join(binaries, 'collector') }),
  });
  await cluster.start((logOf) =>
    binaries ? startRealServer(binaries, sandbox.folder, logOf) : startLoopbackServer(logOf),
  );
  if (runsPods) cluster.simulate();
  return cluster;
}
