import { type Evidence, PROCESS_COLUMNS, pointsOf } from '../../evidence/index.ts';
import { formatCount, formatExactValue, formatPercent, pluralize } from '../../numbers/index.ts';
import { droppedLoad, generatorSaturation, MAX_GENERATOR_CPU_SHARE, missingVUs } from '../validity.ts';
import { periodsWhere, spanOf } from './periods.ts';
import {
  certainAbsence,
  type DiagnosisRule,
  directSignal,
  supportingSignal,
  uncertainAbsence,
} from './rule.ts';

const cpuOf = ({ generator }: Evidence) => pointsOf(generator.samples, PROCESS_COLUMNS.cpuShare);

export const generatorSaturated: DiagnosisRule = {
  cause: 'generator-saturated',
  title: 'The load generator is saturated',
  alternatives: ['cpu-saturated'],

  suspect(evidence) {
    const busy = generatorSaturation(evidence);
    if (!busy) return null;
    const span = spanOf(periodsWhere(cpuOf(evidence), ({ value }) => value > MAX_GENERATOR_CPU_SHARE));
    const lacks = droppedLoad(evidence) ?? missingVUs(evidence);
    const { cores } = evidence.run.host;
    return {
      signals: [
        directSignal(
          span,
          `k6 used more than ${formatExactValue(MAX_GENERATOR_CPU_SHARE, 'fraction')} of all cores in ${formatCount(busy.samples)} of ${pluralize(busy.of, 'sample')}`,
        ),
        lacks !== null && supportingSignal(span, 'the load was not delivered in full'),
      ],
      recommendation: `Put the load on from a machine with more than the ${pluralize(cores, 'core')} of this one, or from several, and keep the target off it: response times of this run hold k6's own queueing and say little of the target.`,
      effect: {},
    };
  },

  absence(evidence) {
    const cpu = cpuOf(evidence).map(({ value }) => value);
    if (cpu.length === 0) return uncertainAbsence("the load generator's CPU: it was not watched");
    return certainAbsence(`k6 used at most ${formatPercent(Math.max(...cpu))} of all cores`);
  },
};
