import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { TEST_RUN, TEST_RUN_STRUCTURE } from '../../cli/remote/kubernetes/test-run-schema.ts';
import { freeAddress } from '../../cli/run/k6-api.ts';
import { eventually } from '../sandbox.ts';
import { type ApiServer, CLUSTER_TOKEN, NAMESPACE, NODE_NAME, type ReadLog } from './cluster.ts';

/**
 * Starts kube-apiserver and etcd on loopback, and installs the TestRun resource of k6-operator. A simulated kubelet
 * serves pod logs.
 * @param binaries folder with kube-apiserver and etcd; check.ts builds both programs
 * @param folder for the data of both programs
 */
export async function startRealServer(binaries: string, folder: string, logOf: ReadLog): Promise<ApiServer> {
  const data = path.join(folder, 'kubernetes');
  mkdirSync(data);
  await using started = new AsyncDisposableStack();
  const start = (name: string, args: string[]) => {
    const log = openSync(path.join(data, `${name}.log`), 'w');
    const child = spawn(path.join(binaries, name), args, { cwd: data, stdio: ['ignore', log, log] });
    closeSync(log);
    started.defer(() => killProcess(child));
  };

  const [client, peer, secure] = await Promise.all([freeAddress(), freeAddress(), freeAddress()]);
  start('etcd', [
    `--data-dir=${path.join(data, 'etcd')}`,
    `--listen-client-urls=http://${client}`,
    `--advertise-client-urls=http://${client}`,
    `--listen-peer-urls=http://${peer}`,
    '--unsafe-no-fsync',
  ]);
  const key = path.join(data, 'service-account.pem');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const tokens = path.join(data, 'tokens.csv');
  writeFileSync(tokens, `${CLUSTER_TOKEN},tester,1,system:masters\n`);
  const [host, port] = secure.split(':');
  start('kube-apiserver', [
    `--etcd-servers=http://${client}`,
    `--bind-address=${host}`,
    `--secure-port=${port}`,
    `--cert-dir=${path.join(data, 'certificates')}`,
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
    '--service-account-issuer=https://cluster.test',
    `--token-auth-file=${tokens}`,
    '--authorization-mode=AlwaysAllow',
    // Disable admission of service accounts, because no controller creates service accounts in this cluster.
    '--disable-admission-plugins=ServiceAccount',
    '--service-cluster-ip-range=10.0.0.0/24',
  ]);

  const certificate = path.join(data, 'certificates', 'apiserver');
  const send = (method: string, target: string, body?: object) =>
    sendTo({ url: `https://${secure}`, ca: readFileSync(`${certificate}.crt`, 'utf8') }, method, target, body);
  await eventually('kube-apiserver', () => respondsWith200(send('GET', '/readyz')));

  const kubelet = createServer(
    { key: readFileSync(`${certificate}.key`), cert: readFileSync(`${certificate}.crt`) },
    async (incoming, response) => {
      const { pathname, searchParams } = new URL(incoming.url ?? '', 'https://localhost');
      const [, , , pod = ''] = pathname.split('/');
      const log = await logOf(pod, searchParams.get('follow') === 'true');
      response.writeHead(log === undefined ? 404 : 200).end(log);
    },
  );
  await new Promise<void>((resolve) => kubelet.listen(0, '127.0.0.1', resolve));
  started.defer(() => void kubelet.close().closeAllConnections());

  await send('POST', '/api/v1/namespaces', { metadata: { name: NAMESPACE } });
  await send('POST', '/api/v1/nodes', { metadata: { name: NODE_NAME } });
  await send('PATCH', `/api/v1/nodes/${NODE_NAME}/status`, {
    status: {
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: (kubelet.address() as AddressInfo).port } },
    },
  });
  const installed = await send('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', testRunDefinition());
  if (installed.code !== 201) throw new Error(`the TestRun resource was not installed: ${installed.text}`);
  const { group, version, plural } = TEST_RUN;
  const testRuns = `/apis/${group}/${version}/namespaces/${NAMESPACE}/${plural}`;
  await eventually('TestRun', () => respondsWith200(send('GET', testRuns)));

  const stack = started.move();
  return {
    send,
    kubeconfig: {
      server: `https://${secure}`,
      'certificate-authority-data': readFileSync(`${certificate}.crt`).toString('base64'),
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Returns the definition of the TestRun resource, which a cluster gets when k6-operator is installed. */
function testRunDefinition(): object {
  const { group, version, plural, kind } = TEST_RUN;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase() },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: TEST_RUN_STRUCTURE },
          subresources: { status: {} },
        },
      ],
    },
  };
}

const respondsWith200 = (sending: Promise<{ code: number }>): Promise<boolean> =>
  sending.then(
    ({ code }) => code === 200,
    () => false,
  );

function sendTo(
  { url, ca }: { url: string; ca: string },
  method: string,
  target: string,
  body?: object,
): Promise<{ code: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${CLUSTER_TOKEN}`,
      'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
    };
    const sent = request(url + target, { method, headers, ca }, (response) => {
      text(response).then((body) => resolve({ code: response.statusCode ?? 0, text: body }), reject);
    });
    sent.on('error', reject);
    sent.end(body && JSON.stringify(body));
  });
}

async function killProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
