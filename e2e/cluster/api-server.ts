import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { KubernetesObject } from '@kubernetes/client-node';
import { assertTestRun } from '../../cli/remote/kubernetes/test-run-schema.ts';
import { listen } from '../server.ts';
import { type ApiServer, CLUSTER_TOKEN, type ReadLog } from './cluster.ts';

/** The kinds of objects that the fake API server supports, by API path. */
const KINDS: Record<string, { kind: string; plural: string }[]> = {
  '/api/v1': [
    { kind: 'ConfigMap', plural: 'configmaps' },
    { kind: 'Pod', plural: 'pods' },
    { kind: 'Secret', plural: 'secrets' },
    { kind: 'Service', plural: 'services' },
  ],
  '/apis/apps/v1': [{ kind: 'Deployment', plural: 'deployments' }],
  '/apis/batch/v1': [{ kind: 'Job', plural: 'jobs' }],
  '/apis/networking.k8s.io/v1': [{ kind: 'NetworkPolicy', plural: 'networkpolicies' }],
  '/apis/k6.io/v1alpha1': [{ kind: 'TestRun', plural: 'testruns' }],
};

interface StoredObject extends KubernetesObject {
  status?: object;
}

class ApiError extends Error {
  readonly code: number;
  readonly reason: string;
  constructor(code: number, reason: string, message: string) {
    super(message);
    this.code = code;
    this.reason = reason;
  }
}

/**
 * Starts a fake Kubernetes API server on loopback. The server supports discovery, pod logs, and creating, reading,
 * listing by label, patching the status of, and deleting objects. A TestRun is validated with the schema that a real
 * server uses. For other kinds, only the name is validated.
 */
export async function startLoopbackServer(logOf: ReadLog): Promise<ApiServer> {
  const objects = new Map<string, StoredObject>();
  let version = 0;

  const respond = async (request: IncomingMessage): Promise<object | string> => {
    if (request.headers.authorization !== `Bearer ${CLUSTER_TOKEN}`)
      throw new ApiError(401, 'Unauthorized', 'Unauthorized');
    const url = new URL(request.url ?? '', 'http://localhost');
    const resources = KINDS[url.pathname];
    if (resources)
      return {
        kind: 'APIResourceList',
        groupVersion: url.pathname.split('/').slice(2).join('/'),
        resources: resources.map(({ kind, plural }) => ({ name: plural, kind, namespaced: true, verbs: [] })),
      };
    const { collection, name, subresource } = parsePath(url.pathname);
    const key = `${collection}/${name}`;
    const existing = () => {
      const object = objects.get(key);
      if (!object) throw new ApiError(404, 'NotFound', `${key} not found`);
      return object;
    };
    const store = (object: StoredObject) => {
      version += 1;
      const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
      objects.set(`${collection}/${object.metadata?.name}`, stored);
      return stored;
    };
    switch (request.method) {
      case 'GET':
        if (subresource === 'log') return (await logOf(name, url.searchParams.get('follow') === 'true')) ?? existing();
        if (name !== '') return existing();
        return {
          kind: 'List',
          metadata: { resourceVersion: String(version) },
          items: [...objects]
            .filter(
              ([place, object]) => place.startsWith(`${collection}/`) && matchesSelector(object, url.searchParams),
            )
            .map(([, object]) => object),
        };
      case 'POST': {
        const object = JSON.parse(await text(request)) as StoredObject;
        const place = `${collection}/${object.metadata?.name}`;
        if (objects.has(place)) throw new ApiError(409, 'AlreadyExists', `${place} already exists`);
        assertValid(object);
        if (url.searchParams.has('dryRun')) return object;
        return store({
          ...object,
          metadata: { ...object.metadata, uid: randomUUID(), creationTimestamp: new Date() },
        });
      }
      case 'PATCH':
        if (subresource !== 'status') throw new ApiError(405, 'MethodNotAllowed', 'only a status can be patched');
        return store({ ...existing(), status: JSON.parse(await text(request)).status });
      case 'DELETE': {
        const object = existing();
        objects.delete(key);
        return object;
      }
      default:
        throw new ApiError(405, 'MethodNotAllowed', `${request.method} is not supported`);
    }
  };

  const server = await listen((request, response) => {
    const send = (code: number, body: object | string) => {
      const isText = typeof body === 'string';
      response.writeHead(code, { 'Content-Type': isText ? 'text/plain' : 'application/json' });
      response.end(isText ? body : JSON.stringify(body));
    };
    respond(request).then(
      (body) => send(request.method === 'POST' ? 201 : 200, body),
      (error: ApiError) =>
        send(error.code ?? 500, {
          kind: 'Status',
          apiVersion: 'v1',
          status: 'Failure',
          message: error.message,
          reason: error.reason,
          code: error.code,
        }),
    );
  });
  return {
    kubeconfig: { server: server.url, 'insecure-skip-tls-verify': true },
    async send(method, target, body) {
      const response = await fetch(server.url + target, {
        method,
        headers: { authorization: `Bearer ${CLUSTER_TOKEN}` },
        ...(body && { body: JSON.stringify(body) }),
      });
      return { code: response.status, text: await response.text() };
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Parses `/apis/group/version/namespaces/namespace/kinds/name/subresource`. The last two parts are optional. */
function parsePath(pathname: string): { collection: string; name: string; subresource: string } {
  const [, group = '', namespace, plural, name = '', subresource = ''] =
    /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)\/namespaces\/([^/]+)\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(pathname) ?? [];
  if (!KINDS[group]?.some((resource) => resource.plural === plural))
    throw new ApiError(404, 'NotFound', `${pathname} does not exist`);
  return { collection: `${group}/${namespace}/${plural}`, name, subresource };
}

function matchesSelector({ metadata }: StoredObject, search: URLSearchParams): boolean {
  const selector = search.get('labelSelector')?.split(',').filter(Boolean) ?? [];
  return selector.every((requirement) => {
    const [label = '', value] = requirement.split('=');
    return metadata?.labels?.[label] === value;
  });
}

function assertValid(object: StoredObject): void {
  const name = object.metadata?.name ?? '';
  if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name))
    throw new ApiError(422, 'Invalid', `${object.kind} "${name}" is invalid: metadata.name`);
  if (object.kind !== 'TestRun') return;
  try {
    assertTestRun(object);
  } catch (error) {
    throw new ApiError(422, 'Invalid', (error as Error).message);
  }
}
