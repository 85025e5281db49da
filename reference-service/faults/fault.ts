/** The process in which the fault takes effect. */
export type FaultSite = 'service' | 'providers' | 'supervisor';

export type Fault = {
  name: string;
  description: string;
  /** Unit of the value, such as `ms added`. */
  unit: string;
  default: number;
  min: number;
  max: number;
  site: FaultSite;
};

/**
 * Describes a fault. `range` limits its value.
 */
export const fault = (
  name: string,
  unit: string,
  [min, max]: readonly [min: number, max: number],
  defaultValue: number,
  description: string,
  site: FaultSite = 'service',
): Fault => ({ name, description, unit, default: defaultValue, min, max, site });

/** Describes a fault whose value is the affected share of the requests. */
export const shareFault = (name: string, defaultValue: number, description: string, site?: FaultSite): Fault =>
  fault(name, 'share from 0 to 1', [0, 1], defaultValue, description, site);

/** The values of the active faults, by name, in the unit of each fault. */
export type ActiveFaults = Partial<Record<string, number>>;
