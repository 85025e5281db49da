import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type ActiveFaults, type FaultName, faults, faultValue, findFault } from './faults/table.ts';
import { causeOf, Problem } from './problem.ts';
import { listenProblem } from './process/listen.ts';

export type FaultControl = {
  active(): ActiveFaults;
  /** Resolves when the fault has taken effect. */
  activate(name: FaultName, value: number): Promise<void>;
  /** Resolves when the fault has ended. */
  lift(name: FaultName): Promise<void>;
};

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);
const MAX_BODY_BYTES = 10_000;

type Answer = { status: number; body: unknown };

/** The HTTP endpoint on 127.0.0.1 that lists, activates and lifts faults. */
export async function startControl(
  port: number,
  control: FaultControl,
): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    answer(request, control)
      .catch((error): Answer => {
        const status = error instanceof Problem ? 400 : 500;
        return refusal(status, status === 400 ? 'invalid_request' : 'internal_error', causeOf(error));
      })
      .then(({ status, body }) => send(response, status, body));
  });
  await new Promise<void>((done, fail) => {
    server.once('error', (error) => fail(listenProblem(error, port, 'CONTROL_PORT')));
    server.listen(port, '127.0.0.1', done);
  });
  const address = server.address();
  return { server, port: typeof address === 'object' && address ? address.port : port };
}

async function answer(request: IncomingMessage, control: FaultControl): Promise<Answer> {
  // A web page elsewhere can make a browser send requests here under a name that resolves to 127.0.0.1.
  if (!LOOPBACK.has((request.headers.host ?? '').replace(/:\d+$/, ''))) {
    return refusal(403, 'forbidden', 'the host header has to name 127.0.0.1 or localhost');
  }
  const [, root, encodedName, ...rest] = (request.url ?? '').split('?')[0]?.split('/') ?? [];
  if (root !== 'faults' || rest.length > 0) {
    return refusal(404, 'not_found', 'there are GET /faults, PUT /faults/:name and DELETE /faults/:name');
  }
  if (!encodedName) {
    if (request.method !== 'GET') return refusal(405, 'method_not_allowed', 'use GET /faults');
    return { status: 200, body: { faults: faults.map((fault) => describe(fault.name, control)) } };
  }
  let name: FaultName;
  try {
    name = findFault(encodedName).name;
  } catch (error) {
    return refusal(404, 'unknown_fault', causeOf(error));
  }
  if (request.method === 'PUT') {
    await control.activate(name, faultValue(findFault(name), await readValue(request)));
  } else if (request.method === 'DELETE') {
    await control.lift(name);
  } else {
    return refusal(405, 'method_not_allowed', 'use PUT or DELETE');
  }
  return { status: 200, body: describe(name, control) };
}

function describe(name: FaultName, control: FaultControl): unknown {
  const { description, unit, default: usual } = findFault(name);
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

const refusal = (status: number, error: string, message: string): Answer => ({
  status,
  body: { error, message },
});

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
