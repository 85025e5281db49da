import { Problem } from '../problem.ts';

export type FaultName =
  | 'small-pool'
  | 'heap-leak'
  | 'buffer-leak'
  | 'connection-leak'
  | 'slow-ai'
  | 'failing-ai'
  | 'whatsapp-429'
  | 'rate-limit'
  | 'refused-token'
  | 'missing-route'
  | 'cpu-burn'
  | 'crash'
  | 'small-cache'
  | 'database-lock'
  | 'database-outage';

/** Which process brings the fault about. */
export type FaultSite = 'service' | 'providers' | 'supervisor';

export type Fault = {
  name: FaultName;
  description: string;
  unit: string;
  default: number;
  min: number;
  max: number;
  site: FaultSite;
};

export const faults: readonly Fault[] = [
  {
    name: 'small-pool',
    description: 'The database pool holds fewer connections',
    unit: 'connections',
    default: 5,
    min: 1,
    max: 100,
    site: 'service',
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
  },
  {
    name: 'slow-ai',
    description: 'The AI provider answers later',
    unit: 'ms added',
    default: 3000,
    min: 1,
    max: 600_000,
    site: 'providers',
  },
  {
    name: 'failing-ai',
    description:
      'The AI provider fails a share of the requests with 500; from half of them on its breaker opens',
    unit: 'share from 0 to 1',
    default: 0.8,
    min: 0,
    max: 1,
    site: 'providers',
  },
  {
    name: 'whatsapp-429',
    description: 'The WhatsApp provider refuses a share of the messages with 429',
    unit: 'share from 0 to 1',
    default: 0.2,
    min: 0,
    max: 1,
    site: 'providers',
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
    description: 'The analytics of the AI are answered 404, as if they had not been deployed',
    unit: 'share from 0 to 1',
    default: 1,
    min: 0,
    max: 1,
    site: 'service',
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
    name: 'crash',
    description: 'The service process ends by an uncaught exception, once',
    unit: 'requests until then',
    default: 0,
    min: 0,
    max: 1e9,
    site: 'service',
  },
  {
    name: 'small-cache',
    description: 'The cache of salons holds fewer entries, and begins anew',
    unit: 'entries',
    default: 5,
    min: 1,
    max: 100_000,
    site: 'service',
  },
  {
    name: 'database-lock',
    description: 'A transaction locks the table of bookings again and again, with pauses as long',
    unit: 'ms at a time',
    default: 2000,
    min: 10,
    max: 600_000,
    site: 'service',
  },
  {
    name: 'database-outage',
    description: 'PostgreSQL is stopped and refuses connections; 0 means until lifted',
    unit: 'seconds',
    default: 0,
    min: 0,
    max: 86_400,
    site: 'supervisor',
  },
];

/** Value of each active fault, in the unit of its table row. */
export type ActiveFaults = Partial<Record<FaultName, number>>;

const byName = new Map<string, Fault>(faults.map((fault) => [fault.name, fault]));

/** @throws Problem listing the known names. */
export function findFault(name: string): Fault {
  const fault = byName.get(name);
  if (fault) return fault;
  throw new Problem(`no fault is called "${name}"; there are ${[...byName.keys()].join(', ')}`);
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
export function parseFaultList(list: string): ActiveFaults {
  const active: ActiveFaults = {};
  for (const item of list.split(',').map((part) => part.trim())) {
    if (item === '') continue;
    const [name = '', value, ...rest] = item.split(':');
    const fault = findFault(name);
    const number =
      value === undefined ? undefined : value === '' || rest.length > 0 ? Number.NaN : Number(value);
    if (Number.isNaN(number)) {
      throw new Problem(`"${item}" is not of the form name or name:number`);
    }
    active[fault.name] = faultValue(fault, number);
  }
  return active;
}
