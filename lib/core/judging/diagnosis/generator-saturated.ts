import { type Evidence, PROCESS_COLUMNS, pointsOf } from '../../evidence/index.ts';
import { formatCount, formatExactValue, formatPercent, pluralize } from '../../numbers/index.ts';
import { droppedLoad, generatorSaturation, MAX_GENERATOR_CPU_SHARE, missingVUs } from '../validity.ts';
import { periodsWhere, spanOf } from './periods.ts';
import { certainAbsence, type DiagnosisRule, directSignal, supportingSignal, uncertainAbsence } from './rule.ts';

const cpuOf = ({ generator }: Evidence) => pointsOf(generator.samples, PROCESS_COLUMNS.cpuShare);

export const generatorSaturated: DiagnosisRule = {
  cause: 'generator-saturated',
  title: 'The load generator is saturated',
  alternatives: ['cpu-saturated'],

  suspect(evidence) {
    const saturation = generatorSaturation(evidence);
    if (!saturation) return null;
    const span = spanOf(periodsWhere(cpuOf(evidence), ({ value }) => value > MAX_GENERATOR_CPU_SHARE));
    const missingLoad = droppedLoad(evidence) ?? missingVUs(evidence);
    const { cores } = evidence.run.host;
    return {
      signals: [
        directSignal(
          span,
          `k6 used more than ${formatExactValue(MAX_GENERATOR_CPU_SHARE, 'fraction')} of all cores in ${formatCount(saturation.saturated)} of ${pluralize(saturation.total, 'sample')}`,
        ),
        missingLoad !== null && supportingSignal(span, 'the load was not delivered in full'),
      ],
      recommendation: `Generate the load from a machine with more than ${pluralize(cores, 'core')}, or from several machines, and run the target elsewhere. The response times of this run include queueing in k6 and say little about the target.`,
      effect: {},
    };
  },

  absence(evidence) {
    const cpu = cpuOf(evidence).map(({ value }) => value);
    if (cpu.length === 0) return uncertainAbsence("the load generator's CPU: it was not monitored");
    return certainAbsence(`k6 used at most ${formatPercent(Math.max(...cpu))} of all cores`);
  },
};
