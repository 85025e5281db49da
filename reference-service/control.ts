import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { faultValue, findFault } from './faults/catalog.ts';
import type { ActiveFaults, Fault } from './faults/fault.ts';
import { listenOn, listenProblem } from './network/listen.ts';
import { errorMessageOf, Problem } from './problem.ts';

export type FaultControl = {
  /** All faults that the product of this target supports. */
  faults: readonly Fault[];
  active(): ActiveFaults;
  /**
   * Returns the metrics of all service processes, aggregated, in Prometheus format; undefined if there is only one
   * process.
   */
  metrics?: (() => Promise<string>) | undefined;
  /** Activates a fault. Resolves when the fault has taken effect. */
  activate(name: string, value: number): Promise<void>;
  /** Lifts a fault. Resolves when the fault has no effect any more. */
  lift(name: string): Promise<void>;
};

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);
const MAX_BODY_BYTES = 10_000;

/** A response of the control endpoint. If the body is a string, it is sent as plain text; otherwise as JSON. */
type ControlResponse = { status: number; body: unknown };

/**
 * Starts the control endpoint on 127.0.0.1. The endpoint lists, activates and lifts faults. If the service has several
 * processes, the endpoint also serves their aggregated metrics.
 *
 * @throws Problem if the endpoint cannot listen on the port
 */
export async function startControl(port: number, control: FaultControl): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    respondTo(request, control)
      .catch((error): ControlResponse => {
        const status = error instanceof Problem ? 400 : 500;
        return errorResponse(status, status === 400 ? 'invalid_request' : 'internal_error', errorMessageOf(error));
      })
      .then(({ status, body }) => send(response, status, body));
  });
  const listening = await listenOn(server, port).catch((error) => {
    throw listenProblem(error, port, 'CONTROL_PORT');
  });
  return { server, port: listening };
}

async function respondTo(request: IncomingMessage, control: FaultControl): Promise<ControlResponse> {
  // Reject other host names to prevent DNS rebinding: otherwise, a malicious web page could resolve its own host name
  // to 127.0.0.1 and send requests to this endpoint.
  if (!LOOPBACK.has((request.headers.host ?? '').replace(/:\d+$/, ''))) {
    return errorResponse(403, 'forbidden', 'the Host header must be 127.0.0.1 or localhost');
  }
  const [, root, encodedName, ...rest] = (request.url ?? '').split('?')[0]?.split('/') ?? [];
  if (root === 'metrics' && control.metrics) return { status: 200, body: await control.metrics() };
  if (root !== 'faults' || rest.length > 0) {
    return errorResponse(404, 'not_found', 'use GET /faults, PUT /faults/:name or DELETE /faults/:name');
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

function describe({ name, description, unit, default: defaultValue }: Fault, control: FaultControl): unknown {
  const value = control.active()[name] ?? null;
  return { name, description, unit, default: defaultValue, active: value !== null, value };
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
    throw new Problem('the body must be empty or JSON such as {"value": 5}');
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
