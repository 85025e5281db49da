import { Problem } from '../problem.ts';
import { type ActiveFaults, type Fault, fault, shareFault } from './fault.ts';

/** A property that a product must define if the product shall have the fault. */
type Prerequisite = 'seed' | 'lockableTable' | 'removableRoute';

/** The general faults. A product has a fault with `requires` only if the product defines the required property. */
export const generalFaults: readonly (Fault & { requires?: Prerequisite })[] = [
  {
    ...fault('small-pool', 'connections', [1, 100], 5, 'The database pool is limited to this number of connections'),
    requires: 'seed',
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
      'Connections are taken from the pool and never returned',
    ),
    requires: 'seed',
  },
  fault('rate-limit', 'requests per second and token', [0.1, 100_000], 10, 'Requests above this rate get a 429'),
  shareFault('refused-token', 1, 'Requests with a bearer token get a 401'),
  {
    ...shareFault('missing-route', 1, 'One route returns 404, as if it had not been deployed'),
    requires: 'removableRoute',
  },
  fault('cpu-burn', 'ms per request', [1, 10_000], 20, 'Every request blocks the event loop'),
  fault(
    'service-capacity',
    'requests per second',
    [0.1, 100_000],
    100,
    'The service handles requests one after another; requests that would wait longer than 1 s get a 503',
  ),
  fault(
    'crash',
    'requests until the crash',
    [0, 1e9],
    0,
    'The service process crashes once, with an uncaught exception',
  ),
  {
    ...fault(
      'database-lock',
      'ms per lock',
      [10, 600_000],
      2000,
      'A transaction repeatedly locks a table for this time, with pauses of the same length',
    ),
    requires: 'lockableTable',
  },
  {
    ...fault(
      'database-outage',
      'seconds',
      [0, 86_400],
      0,
      'PostgreSQL is stopped for this time; 0 means until the fault is removed',
      'supervisor',
    ),
    requires: 'seed',
  },
];

/** The properties of a product that determine which faults the product has. */
type FaultPrerequisites = { [N in Prerequisite]?: string } & { faults?: readonly Fault[] };

/**
 * Returns all faults of a product: general faults whose required property the product defines, and faults that only
 * this product has.
 */
export function faultsOf(product: FaultPrerequisites): readonly Fault[] {
  const possible = generalFaults.filter(({ requires }) => requires === undefined || product[requires] !== undefined);
  return [...possible, ...(product.faults ?? [])];
}

/**
 * Returns the fault with the given name.
 * @throws Problem that lists the known names if no fault has this name
 */
export function findFault(faults: readonly Fault[], name: string): Fault {
  const fault = faults.find((candidate) => candidate.name === name);
  if (fault) return fault;
  throw new Problem(`there is no fault "${name}"; use one of ${faults.map((known) => known.name).join(', ')}`);
}

/**
 * Checks and returns the given value for a fault. If no value is given, returns the default of the fault.
 *
 * @throws Problem if the value is not a number, or outside the range of the fault
 */
export function faultValue(fault: Fault, given: unknown): number {
  if (given === undefined || given === null) return fault.default;
  if (typeof given === 'number' && given >= fault.min && given <= fault.max) return given;
  throw new Problem(
    `the value of ${fault.name} is ${JSON.stringify(given)}, but it must be a number from ${fault.min} to ${fault.max} (${fault.unit})`,
  );
}

/**
 * Parses a list of faults such as `slow-ai:3000,small-pool` into `{"slow-ai": 3000, "small-pool": 5}`.
 *
 * @throws Problem if the list is malformed, a name is unknown, or a value is out of range
 */
export function parseFaultList(faults: readonly Fault[], list: string): ActiveFaults {
  const active: ActiveFaults = {};
  for (const item of list.split(',').map((part) => part.trim())) {
    if (item === '') continue;
    const [name = '', value, ...rest] = item.split(':');
    const fault = findFault(faults, name);
    const number = value === undefined ? undefined : value === '' || rest.length > 0 ? Number.NaN : Number(value);
    if (Number.isNaN(number)) {
      throw new Problem(`"${item}" must have the form name or name:number`);
    }
    active[fault.name] = faultValue(fault, number);
  }
  return active;
}
