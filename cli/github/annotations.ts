import type { Decision, Diagnosis, JudgedCriterion, Result } from '../../lib/core/evidence/index.ts';
import { formatCount, formatValue } from '../../lib/core/numbers/index.ts';
import { formatInterval, formatLimit } from '../report/format.ts';
import { confidenceText, DECISION_WORDS, STATUS_CELLS } from '../report/verdict-words.ts';
import { type Annotation, MAX_ANNOTATIONS_PER_STEP } from './commands.ts';

const LEVELS: Record<Decision, Annotation['level']> = {
  GO: 'notice',
  CONDITIONAL_GO: 'warning',
  NO_GO: 'error',
  INCONCLUSIVE: 'warning',
  INVALID: 'error',
};

/** Returns the annotations of a run, most important first, and at most as many as GitHub shows per step. */
export function annotationsOf(result: Result): Annotation[] {
  const notPassed = result.criteria.filter(({ status }) => status !== 'pass').map(criterionAnnotation);
  return limitAnnotations(MAX_ANNOTATIONS_PER_STEP, [
    verdictAnnotation(result),
    ...notPassed.filter(({ level }) => level === 'error'),
    ...result.diagnosis.map(causeAnnotation),
    ...notPassed.filter(({ level }) => level !== 'error'),
    ...result.run.notes.map((note) => ({ level: 'notice' as const, title: 'Note', message: note })),
  ]);
}

function verdictAnnotation({ run, verdict: { decision, reasons } }: Result): Annotation {
  return {
    level: LEVELS[decision],
    title: `${DECISION_WORDS[decision].words}: ${run.product}/${run.test} on ${run.environment}`,
    message: reasons.join('\n'),
  };
}

function criterionAnnotation(criterion: JudgedCriterion): Annotation {
  const { status, severity, title, value, unit, samples, note } = criterion;
  const figures = [
    `${formatValue(value, unit)}, limit ${formatLimit(criterion)}`,
    formatInterval(criterion),
    `n=${formatCount(samples)}`,
  ];
  return {
    level: status === 'fail' && severity === 'critical' ? 'error' : 'warning',
    title: `${STATUS_CELLS[status].text}: ${title}`,
    message: [figures.filter(Boolean).join(', '), ...(note ? [note] : [])].join('\n'),
  };
}

function causeAnnotation({ title, confidence, evidence, recommendation }: Diagnosis): Annotation {
  return {
    level: 'warning',
    title: `${title}: ${confidenceText(confidence)}`,
    message: [...evidence.map(({ text }) => text), recommendation].join('\n'),
  };
}

function limitAnnotations(limit: number, annotations: Annotation[]): Annotation[] {
  if (annotations.length <= limit) return annotations;
  const shown = annotations.slice(0, limit - 1);
  const rest = annotations.slice(limit - 1).map(({ title }) => title);
  return [...shown, { level: 'notice', title: `${rest.length} more, in the job summary`, message: rest.join('\n') }];
}
