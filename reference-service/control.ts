import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { faultValue, findFault } from './faults/catalog.ts';
import type { ActiveFaults, Fault } from './faults/fault.ts';
import { listenOn, listenProblem } from './network/listen.ts';
import { errorMessageOf, Problem } from './problem.ts';

export type FaultControl = {
  /** Those that there are. */
  faults: readonly Fault[];
  active(): ActiveFaults;
  /** Of all processes of the service together, in Prometheus format; absent where there is one process. */
  metrics?: (() => Promise<string>) | undefined;
  /** Resolves when the fault has taken effect. */
  activate(name: string, value: number): Promise<void>;
  /** Resolves when the fault has ended. */
  lift(name: string): Promise<void>;
};

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);
const MAX_BODY_BYTES = 10_000;

/** A body that is text is sent as it is, and any other as JSON. */
type ControlResponse = { status: number; body: unknown };

/** The HTTP endpoint on 127.0.0.1 that lists, activates and lifts faults, and adds up the metrics of several processes. */
export async function startControl(
  port: number,
  control: FaultControl,
): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    respondTo(request, control)
      .catch((error): ControlResponse => {
        const status = error instanceof Problem ? 400 : 500;
        return errorResponse(
          status,
          status === 400 ? 'invalid_request' : 'internal_error',
          errorMessageOf(error),
        );
      })
      .then(({ status, body }) => send(response, status, body));
  });
  const listening = await listenOn(server, port).catch((error) => {
    throw listenProblem(error, port, 'CONTROL_PORT');
  });
  return { server, port: listening };
}

async function respondTo(request: IncomingMessage, control: FaultControl): Promise<ControlResponse> {
  // A web page elsewhere can make a browser send requests here under a name that resolves to 127.0.0.1.
  if (!LOOPBACK.has((request.headers.host ?? '').replace(/:\d+$/, ''))) {
    return errorResponse(403, 'forbidden', 'the host header has to name 127.0.0.1 or localhost');
  }
  const [, root, encodedName, ...rest] = (request.url ?? '').split('?')[0]?.split('/') ?? [];
  if (root === 'metrics' && control.metrics) return { status: 200, body: await control.metrics() };
  if (root !== 'faults' || rest.length > 0) {
    return errorResponse(
      404,
      'not_found',
      'there are GET /faults, PUT /faults/:name and DELETE /faults/:name',
    );
  }
  if (!encodedName) {
    if (request.method !== 'GET') return errorResponse(405, 'method_not_allowed', 'use GET /faults');
    return { status: 200, body: { faults: control.faults.map((fault) => describe(fault, control)) } };
  }
  let fault: Fault;
  try {
    fault = findFault(control.faults, encodedName);
  } catch (error) {
    return errorResponse(404, 'unknown_fault', errorMessageOf(error));
  }
  if (request.method === 'PUT') {
    await control.activate(fault.name, faultValue(fault, await readValue(request)));
  } else if (request.method === 'DELETE') {
    await control.lift(fault.name);
  } else {
    return errorResponse(405, 'method_not_allowed', 'use PUT or DELETE');
  }
  return { status: 200, body: describe(fault, control) };
}

function describe({ name, description, unit, default: usual }: Fault, control: FaultControl): unknown {
  const value = control.active()[name] ?? null;
  return { name, description, unit, default: usual, active: value !== null, value };
}

async function readValue(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > MAX_BODY_BYTES) throw new Problem('the body is too large');
  }
  if (text.trim() === '') return undefined;
  try {
    return (JSON.parse(text) as { value?: unknown } | null)?.value;
  } catch {
    throw new Problem('the body has to be JSON such as {"value": 5}, or empty');
  }
}

const errorResponse = (status: number, error: string, message: string): ControlResponse => ({
  status,
  body: { error, message },
});

function send(response: ServerResponse, status: number, body: unknown): void {
  const isText = typeof body === 'string';
  response
    .writeHead(status, { 'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json' })
    .end(isText ? body : JSON.stringify(body));
}
