import { Problem } from '../problem.ts';
import type { ActiveFaults, Fault } from './fault.ts';

/** What a product must have for a fault to be possible. */
type Need = 'seed' | 'lockedTable' | 'losableRoute';

/** Faults that every product has that has what they need. */
export const generalFaults: readonly (Fault & { needs?: Need })[] = [
  {
    name: 'small-pool',
    description: 'The database pool holds fewer connections',
    unit: 'connections',
    default: 5,
    min: 1,
    max: 100,
    site: 'service',
    needs: 'seed',
  },
  {
    name: 'heap-leak',
    description: 'JavaScript objects are retained and never released',
    unit: 'MB per minute',
    default: 60,
    min: 1,
    max: 10_000,
    site: 'service',
  },
  {
    name: 'buffer-leak',
    description: 'Buffers outside the JavaScript heap are retained and never released',
    unit: 'MB per minute',
    default: 60,
    min: 1,
    max: 10_000,
    site: 'service',
  },
  {
    name: 'connection-leak',
    description: 'Pool connections are taken and never given back',
    unit: 'connections per minute',
    default: 6,
    min: 1,
    max: 6000,
    site: 'service',
    needs: 'seed',
  },
  {
    name: 'rate-limit',
    description: 'The service answers 429 beyond a request rate',
    unit: 'requests per second and token',
    default: 10,
    min: 0.1,
    max: 100_000,
    site: 'service',
  },
  {
    name: 'refused-token',
    description: 'Requests with a bearer token are answered 401',
    unit: 'share from 0 to 1',
    default: 1,
    min: 0,
    max: 1,
    site: 'service',
  },
  {
    name: 'missing-route',
    description: 'One route is answered 404, as if it had not been deployed',
    unit: 'share from 0 to 1',
    default: 1,
    min: 0,
    max: 1,
    site: 'service',
    needs: 'losableRoute',
  },
  {
    name: 'cpu-burn',
    description: 'Every request occupies the event loop',
    unit: 'ms per request',
    default: 20,
    min: 1,
    max: 10_000,
    site: 'service',
  },
  {
    name: 'service-capacity',
    description:
      'The service does its requests one after the other; up to a second of them wait, others get 503',
    unit: 'requests per second',
    default: 100,
    min: 0.1,
    max: 100_000,
    site: 'service',
  },
  {
    name: 'crash',
    description: 'The service process ends by an uncaught exception, once',
    unit: 'requests until then',
    default: 0,
    min: 0,
    max: 1e9,
    site: 'service',
  },
  {
    name: 'database-lock',
    description: 'A transaction locks a table again and again, with pauses as long',
    unit: 'ms at a time',
    default: 2000,
    min: 10,
    max: 600_000,
    site: 'service',
    needs: 'lockedTable',
  },
  {
    name: 'database-outage',
    description: 'PostgreSQL is stopped and refuses connections; 0 means until lifted',
    unit: 'seconds',
    default: 0,
    min: 0,
    max: 86_400,
    site: 'supervisor',
    needs: 'seed',
  },
];

/** What decides which faults a product has. */
type Prone = { [N in Need]?: string } & { faults?: readonly Fault[] };

/** The faults of a product: the general ones that are possible in it, and its own. */
export function faultsOf(product: Prone): readonly Fault[] {
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
