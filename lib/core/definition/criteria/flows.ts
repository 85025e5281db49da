import type { CriterionOf } from '../criterion.ts';
import { above, critical, percentileName, samplesFor, shorterThan } from './promise.ts';

export function flowSuccessAbove(flow: string, limit: number): CriterionOf<'flow-success-rate'> {
  return critical(above(limit), 'fraction', {
    id: `${flow}-success`,
    title: `${flow} success rate`,
    measure: { kind: 'flow-success-rate', flow },
    minSamples: 30,
  });
}

export function flowMeanBelow(flow: string, limit: string): CriterionOf<'flow-mean'> {
  return critical(shorterThan(limit), 'ms', {
    id: `${flow}-mean`,
    title: `${flow} mean duration`,
    measure: { kind: 'flow-mean', flow },
    minSamples: 30,
  });
}

export function flowPercentileBelow(flow: string, q: number, limit: string): CriterionOf<'flow-percentile'> {
  return critical(shorterThan(limit), 'ms', {
    id: `${flow}-${percentileName(q)}`,
    title: `${flow} ${percentileName(q)} duration`,
    measure: { kind: 'flow-percentile', flow, q },
    minSamples: samplesFor(q),
  });
}
