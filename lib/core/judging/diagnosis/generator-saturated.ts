import { type Evidence, PROCESS_COLUMNS, pointsOf } from '../../evidence/index.ts';
import { count, formatCount, formatExactValue, formatPercent } from '../../numbers/index.ts';
import { busyGenerator, droppedLoad, MAX_GENERATOR_CPU, missingVUs } from '../validity.ts';
import { absent, fits, type Rule, says, unseen } from './rule.ts';
import { spanOf, stretchesOf } from './stretches.ts';

const cpuOf = ({ generator }: Evidence) => pointsOf(generator.samples, PROCESS_COLUMNS.cpuShare);

export const generatorSaturated: Rule = {
  cause: 'generator-saturated',
  title: 'The load generator is saturated',
  alternatives: ['cpu-saturated'],

  suspect(evidence) {
    const busy = busyGenerator(evidence);
    if (!busy) return null;
    const span = spanOf(stretchesOf(cpuOf(evidence), ({ value }) => value > MAX_GENERATOR_CPU));
    const lacks = droppedLoad(evidence) ?? missingVUs(evidence);
    const { cores } = evidence.run.host;
    return {
      signals: [
        says(
          span,
          `k6 used more than ${formatExactValue(MAX_GENERATOR_CPU, 'fraction')} of all cores in ${formatCount(busy.samples)} of ${count(busy.of, 'sample')}`,
        ),
        lacks !== null && fits(span, 'the load was not delivered in full'),
      ],
      recommendation: `Put the load on from a machine with more than the ${count(cores, 'core')} of this one, or from several, and keep the target off it: response times of this run hold k6's own queueing and say little of the target.`,
      effect: {},
    };
  },

  absence(evidence) {
    const cpu = cpuOf(evidence).map(({ value }) => value);
    if (cpu.length === 0) return unseen("the load generator's CPU: it was not watched");
    return absent(`k6 used at most ${formatPercent(Math.max(...cpu))} of all cores`);
  },
};
