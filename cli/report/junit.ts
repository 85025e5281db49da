import type { CriterionStatus, JudgedCriterion, Result } from '../../lib/core/evidence/index.ts';
import { formatCount, formatValue } from '../../lib/core/numbers/index.ts';
import { formatInterval, formatLimit, formatScale } from './format.ts';
import { DECISION_WORDS } from './verdict-words.ts';

/** An XML element. The attributes are written in the order in which they are listed here. */
interface Element {
  name: string;
  attributes: Record<string, string | number>;
  content: readonly Element[] | string;
}

type Outcome = 'failure' | 'error' | 'skipped';

/** The child element that shows CI systems the status of a criterion. A criterion that passes has no such element. */
const OUTCOMES: Record<CriterionStatus, Outcome | null> = {
  pass: null,
  fail: 'failure',
  inconclusive: 'failure',
  'no data': 'skipped',
};

/**
 * Returns the criteria of a run as JUnit XML, one test case per criterion. If the run is INVALID, every test case has
 * an error, because the measurements support neither a pass nor a fail.
 */
export function toJUnit(result: Result): string {
  const { run, verdict, criteria } = result;
  const cases = criteria.map((criterion) => testCase(criterion, result));
  const counts = {
    tests: cases.length,
    failures: countOf(cases, 'failure'),
    errors: countOf(cases, 'error'),
    skipped: countOf(cases, 'skipped'),
    time: run.durationMs / 1000,
  };
  const name = `${run.product}/${run.test}`;
  const suite = element('testsuite', { name, ...counts, timestamp: run.startedAt.replace(/Z$/, '') }, [
    element(
      'properties',
      {},
      propertiesOf(result).map(([key, value]) => element('property', { name: key, value })),
    ),
    ...cases,
  ]);
  const root = element('testsuites', { name: `${name}: ${DECISION_WORDS[verdict.decision].words}`, ...counts }, [
    suite,
  ]);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${serialized(root)}\n`;
}

const countOf = (cases: readonly Element[], outcome: Outcome) =>
  cases.filter(({ content }) => typeof content !== 'string' && content.some(({ name }) => name === outcome)).length;

function testCase(criterion: JudgedCriterion, { run, verdict }: Result): Element {
  const invalid = verdict.decision === 'INVALID';
  const outcome = invalid ? 'error' : OUTCOMES[criterion.status];
  const type = invalid ? verdict.decision : criterion.status;
  const message = invalid
    ? `the run supports no verdict: ${verdict.reasons.join('; ')}`
    : `${criterion.title}: ${formatValue(criterion.value, criterion.unit)}, limit ${formatLimit(criterion)}`;
  return element('testcase', { classname: `${run.product}.${run.test}`, name: criterion.title }, [
    outcome === null
      ? element('system-out', {}, details(criterion))
      : element(outcome, { type, message }, details(criterion)),
  ]);
}

function details(criterion: JudgedCriterion): string {
  const { severity, status, value, unit, samples, note } = criterion;
  const interval = formatInterval(criterion);
  return [
    `status: ${status}`,
    `severity: ${severity}`,
    `value: ${formatValue(value, unit)}`,
    `limit: ${formatLimit(criterion)}`,
    ...(interval === '' ? [] : [`interval at 95 %: ${interval}`]),
    `samples: ${formatCount(samples)}`,
    ...(note ? [`note: ${note}`] : []),
  ].join('\n');
}

function propertiesOf({ run, fingerprint, verdict, diagnosis }: Result): [name: string, value: string][] {
  return [
    ['verdict', DECISION_WORDS[verdict.decision].words],
    ['reasons', verdict.reasons.join('; ')],
    ['causes', diagnosis.map(({ title }) => title).join('; ')],
    ['run', run.id],
    ['environment', run.environment],
    ['target', run.target],
    ['outcome', run.outcome],
    ['scale', formatScale(run.scale)],
    ['fingerprint', fingerprint.hash],
    ...Object.entries(run.labels).map(([name, value]): [string, string] => [`label ${name}`, value]),
  ];
}

const element = (name: string, attributes: Element['attributes'], content: Element['content'] = []): Element => ({
  name,
  attributes,
  content,
});

function serialized({ name, attributes, content }: Element, indent = ''): string {
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapedAttribute(String(value))}"`);
  const open = `${indent}<${name}${pairs.join('')}`;
  if (content.length === 0) return `${open}/>`;
  if (typeof content === 'string') return `${open}>${escaped(content)}</${name}>`;
  const inner = content.map((child) => serialized(child, `${indent}  `));
  return [`${open}>`, ...inner, `${indent}</${name}>`].join('\n');
}

/** Characters that XML 1.0 forbids, even in escaped form. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern has to match control characters
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

const escaped = (text: string) =>
  text
    .toWellFormed()
    .replace(FORBIDDEN, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;');

/** Escapes line breaks and tabs as well, because XML parsers replace them by spaces in attributes. */
const escapedAttribute = (text: string) =>
  escaped(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');
