import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { KubernetesObject } from '@kubernetes/client-node';
import { assertTestRun } from '../../cli/remote/kubernetes/test-run-schema.ts';
import { listen } from '../server.ts';
import { type ApiServer, type LogOf, TOKEN } from './cluster.ts';

/** The kinds that there are: where each is served. */
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

interface Stored extends KubernetesObject {
  status?: object;
}

class Refusal extends Error {
  readonly code: number;
  readonly reason: string;
  constructor(code: number, reason: string, message: string) {
    super(message);
    this.code = code;
    this.reason = reason;
  }
}

/**
 * A server on loopback that speaks as much of the protocol of Kubernetes as is needed here: discovery, creating,
 * reading, listing by label, changing a status, deleting, and logs of pods. What a TestRun may be, it takes from the
 * same structure as is installed in a real server; of the other kinds it looks at the name alone.
 */
export async function startLoopbackServer(logOf: LogOf): Promise<ApiServer> {
  const objects = new Map<string, Stored>();
  let version = 0;

  const answer = async (request: IncomingMessage): Promise<object | string> => {
    if (request.headers.authorization !== `Bearer ${TOKEN}`)
      throw new Refusal(401, 'Unauthorized', 'Unauthorized');
    const url = new URL(request.url ?? '', 'http://localhost');
    const resources = KINDS[url.pathname];
    if (resources)
      return {
        kind: 'APIResourceList',
        groupVersion: url.pathname.split('/').slice(2).join('/'),
        resources: resources.map(({ kind, plural }) => ({ name: plural, kind, namespaced: true, verbs: [] })),
      };
    const { collection, name, subresource } = placeOf(url.pathname);
    const key = `${collection}/${name}`;
    const found = () => {
      const object = objects.get(key);
      if (!object) throw new Refusal(404, 'NotFound', `${key} not found`);
      return object;
    };
    const store = (object: Stored) => {
      version += 1;
      const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
      objects.set(`${collection}/${object.metadata?.name}`, stored);
      return stored;
    };
    switch (request.method) {
      case 'GET':
        if (subresource === 'log')
          return (await logOf(name, url.searchParams.get('follow') === 'true')) ?? found();
        if (name !== '') return found();
        return {
          kind: 'List',
          metadata: { resourceVersion: String(version) },
          items: [...objects]
            .filter(
              ([place, object]) => place.startsWith(`${collection}/`) && chosen(object, url.searchParams),
            )
            .map(([, object]) => object),
        };
      case 'POST': {
        const object = JSON.parse(await text(request)) as Stored;
        const place = `${collection}/${object.metadata?.name}`;
        if (objects.has(place)) throw new Refusal(409, 'AlreadyExists', `${place} already exists`);
        assertValid(object);
        if (url.searchParams.has('dryRun')) return object;
        return store({
          ...object,
          metadata: { ...object.metadata, uid: randomUUID(), creationTimestamp: new Date() },
        });
      }
      case 'PATCH':
        if (subresource !== 'status')
          throw new Refusal(405, 'MethodNotAllowed', 'only a status changes here');
        return store({ ...found(), status: JSON.parse(await text(request)).status });
      case 'DELETE': {
        const object = found();
        objects.delete(key);
        return object;
      }
      default:
        throw new Refusal(405, 'MethodNotAllowed', `${request.method} is not for here`);
    }
  };

  const server = await listen((request, response) => {
    const send = (code: number, body: object | string) => {
      const isText = typeof body === 'string';
      response.writeHead(code, { 'Content-Type': isText ? 'text/plain' : 'application/json' });
      response.end(isText ? body : JSON.stringify(body));
    };
    answer(request).then(
      (body) => send(request.method === 'POST' ? 201 : 200, body),
      (error: Refusal) =>
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
        headers: { authorization: `Bearer ${TOKEN}` },
        ...(body && { body: JSON.stringify(body) }),
      });
      return { code: response.status, text: await response.text() };
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** `/apis/group/version/namespaces/one/kinds/name/subresource`, of which the last two may be missing. */
function placeOf(pathname: string): { collection: string; name: string; subresource: string } {
  const [, group = '', namespace, plural, name = '', subresource = ''] =
    /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)\/namespaces\/([^/]+)\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(
      pathname,
    ) ?? [];
  if (!KINDS[group]?.some((one) => one.plural === plural))
    throw new Refusal(404, 'NotFound', `there is no ${pathname}`);
  return { collection: `${group}/${namespace}/${plural}`, name, subresource };
}

function chosen({ metadata }: Stored, search: URLSearchParams): boolean {
  const selector = search.get('labelSelector')?.split(',').filter(Boolean) ?? [];
  return selector.every((one) => {
    const [label = '', value] = one.split('=');
    return metadata?.labels?.[label] === value;
  });
}

function assertValid(object: Stored): void {
  const name = object.metadata?.name ?? '';
  if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name))
    throw new Refusal(422, 'Invalid', `${object.kind} "${name}" is invalid: metadata.name`);
  if (object.kind !== 'TestRun') return;
  try {
    assertTestRun(object);
  } catch (error) {
    throw new Refusal(422, 'Invalid', (error as Error).message);
  }
}
