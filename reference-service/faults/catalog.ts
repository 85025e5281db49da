import { Problem } from '../problem.ts';
import { type ActiveFaults, type Fault, fault, shareFault } from './fault.ts';

/** What a product must have for a fault to be possible. */
type Prerequisite = 'seed' | 'lockedTable' | 'losableRoute';

/** Faults that every product has that has what they need. */
export const generalFaults: readonly (Fault & { needs?: Prerequisite })[] = [
  {
    ...fault('small-pool', 'connections', [1, 100], 5, 'The database pool holds fewer connections'),
    needs: 'seed',
  },
  fault('heap-leak', 'MB per minute', [1, 10_000], 60, 'JavaScript objects are retained and never released'),
  fault(
    'buffer-leak',
    'MB per minute',
    [1, 10_000],
    60,
    'Buffers outside the JavaScript heap are retained and never released',
  ),
  {
    ...fault(
      'connection-leak',
      'connections per minute',
      [1, 6000],
      6,
      'Pool connections are taken and never given back',
    ),
    needs: 'seed',
  },
  fault(
    'rate-limit',
    'requests per second and token',
    [0.1, 100_000],
    10,
    'The service answers 429 beyond a request rate',
  ),
  shareFault('refused-token', 1, 'Requests with a bearer token are answered 401'),
  {
    ...shareFault('missing-route', 1, 'One route is answered 404, as if it had not been deployed'),
    needs: 'losableRoute',
  },
  fault('cpu-burn', 'ms per request', [1, 10_000], 20, 'Every request occupies the event loop'),
  fault(
    'service-capacity',
    'requests per second',
    [0.1, 100_000],
    100,
    'The service does its requests one after the other; up to a second of them wait, others get 503',
  ),
  fault(
    'crash',
    'requests until then',
    [0, 1e9],
    0,
    'The service process ends by an uncaught exception, once',
  ),
  {
    ...fault(
      'database-lock',
      'ms at a time',
      [10, 600_000],
      2000,
      'A transaction locks a table again and again, with pauses as long',
    ),
    needs: 'lockedTable',
  },
  {
    ...fault(
      'database-outage',
      'seconds',
      [0, 86_400],
      0,
      'PostgreSQL is stopped and refuses connections; 0 means until lifted',
      'supervisor',
    ),
    needs: 'seed',
  },
];

/** What decides which faults a product has. */
type FaultPrerequisites = { [N in Prerequisite]?: string } & { faults?: readonly Fault[] };

/** The faults of a product: the general ones that are possible in it, and its own. */
export function faultsOf(product: FaultPrerequisites): readonly Fault[] {
  const possible = generalFaults.filter(({ needs }) => needs === undefined || product[needs] !== undefined);
  return [...possible, ...(product.faults ?? [])];
}

/** @throws Problem listing the known names. */
export function findFault(faults: readonly Fault[], name: string): Fault {
  const fault = faults.find((one) => one.name === name);
  if (fault) return fault;
  throw new Problem(`no fault is called "${name}"; there are ${faults.map((one) => one.name).join(', ')}`);
}

/** The value to use for a fault: the given one if it is in range, the default if none is given. */
export function faultValue(fault: Fault, given: unknown): number {
  if (given === undefined || given === null) return fault.default;
  if (typeof given === 'number' && given >= fault.min && given <= fault.max) return given;
  throw new Problem(
    `the value of ${fault.name} is a number from ${fault.min} to ${fault.max} (${fault.unit}), but got ${JSON.stringify(given)}`,
  );
}

/** `slow-ai:3000,small-pool` → `{"slow-ai": 3000, "small-pool": 5}`. */
export function parseFaultList(faults: readonly Fault[], list: string): ActiveFaults {
  const active: ActiveFaults = {};
  for (const item of list.split(',').map((part) => part.trim())) {
    if (item === '') continue;
    const [name = '', value, ...rest] = item.split(':');
    const fault = findFault(faults, name);
    const number =
      value === undefined ? undefined : value === '' || rest.length > 0 ? Number.NaN : Number(value);
    if (Number.isNaN(number)) {
      throw new Problem(`"${item}" is not of the form name or name:number`);
    }
    active[fault.name] = faultValue(fault, number);
  }
  return active;
}
