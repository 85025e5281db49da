import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import type { Result } from '../../lib/core/evidence/index.ts';
import { judgedCriterion, resultOf } from '../../lib/core/testing/evidence.ts';
import { rushResult } from '../testing/rush.ts';
import { toJUnit } from './junit.ts';

interface Node {
  tag: string;
  attributes: Record<string, string>;
  text: string;
  children: Node[];
}

const PARSE = `
import json, sys
import xml.etree.ElementTree as tree
def plain(node):
    return {'tag': node.tag, 'attributes': node.attrib, 'text': node.text or '', 'children': [plain(one) for one in node]}
print(json.dumps(plain(tree.fromstring(sys.stdin.buffer.read()))))
`;

/** Parses XML with the ElementTree module of Python. */
function parsed(result: Result): Node {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', PARSE], {
    input: toJUnit(result),
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

const suiteOf = (result: Result) => parsed(result).children[0] as Node;
const casesOf = (result: Result) => suiteOf(result).children.filter(({ tag }) => tag === 'testcase');

const result = resultOf({
  criteria: [
    judgedCriterion({ title: 'p95', value: 123, limit: 400, note: 'by the way' }),
    judgedCriterion({
      title: 'error rate',
      status: 'fail',
      value: 0.05,
      limit: 0.01,
      unit: 'fraction',
      interval: { low: 0.04, high: 0.06 },
    }),
    judgedCriterion({ title: 'recovery', status: 'inconclusive', value: 29_000, limit: 30_000 }),
    judgedCriterion({ title: 'memory', status: 'no data', value: null, unit: 'bytes', samples: 3 }),
  ],
  verdict: { decision: 'NO_GO', reasons: ['error rate fails'] },
});

describe('the JUnit report', () => {
  test('the JUnit report has a test case per criterion and counts failures, errors and skipped cases', () => {
    const root = parsed(result);
    const suite = suiteOf(result);
    const { name, tests, failures, errors, skipped, time } = suite.attributes;
    assert.deepEqual(
      { name, tests, failures, errors, skipped, time },
      { name: 'shop/peak', tests: '4', failures: '2', errors: '0', skipped: '1', time: '60' },
    );
    assert.equal(root.tag, 'testsuites');
    assert.equal(root.attributes.tests, tests);
    assert.deepEqual(
      casesOf(result).map(({ attributes, children: [child] }) => [attributes.classname, attributes.name, child?.tag]),
      [
        ['shop.peak', 'p95', 'system-out'],
        ['shop.peak', 'error rate', 'failure'],
        ['shop.peak', 'recovery', 'failure'],
        ['shop.peak', 'memory', 'skipped'],
      ],
    );
  });

  test('the JUnit report shows the value, limit, interval and samples of each criterion', () => {
    const failure = casesOf(result)[1]?.children[0];
    assert.deepEqual(failure?.attributes, { type: 'fail', message: 'error rate: 5.00 %, limit < 1 %' });
    assert.deepEqual(failure?.text.split('\n'), [
      'status: fail',
      'severity: critical',
      'value: 5.00 %',
      'limit: < 1 %',
      'interval at 95 %: 4.00 % to 6.00 %',
      'samples: 1,000',
    ]);
    assert.match(casesOf(result)[0]?.children[0]?.text ?? '', /\nnote: by the way$/);
    assert.equal(casesOf(result)[2]?.children[0]?.attributes.type, 'inconclusive');
  });

  test('the JUnit report shows every criterion of an INVALID run as an error', () => {
    const invalid: Result = {
      ...result,
      verdict: { decision: 'INVALID', reasons: ['k6 crashed', 'no load'] },
    };
    assert.equal(suiteOf(invalid).attributes.errors, '4');
    assert.equal(suiteOf(invalid).attributes.failures, '0');
    for (const { children } of casesOf(invalid)) {
      assert.equal(children[0]?.tag, 'error');
      assert.equal(children[0]?.attributes.message, 'the run supports no verdict: k6 crashed; no load');
    }
  });

  test('the JUnit report lists verdict, causes and labels of the run as properties', () => {
    const properties = suiteOf(rushResult()).children.find(({ tag }) => tag === 'properties');
    const values = Object.fromEntries(
      (properties?.children ?? []).map(({ attributes }) => [attributes.name, attributes.value]),
    );
    assert.equal(values.verdict, 'CONDITIONAL GO');
    assert.equal(values.causes, 'Database pool exhausted');
    assert.equal(values['label instance'], 't3.medium');
  });

  test('the JUnit report is well-formed XML even if titles contain markup and control characters', () => {
    const wild = `<a href="x">&amp;</a> ]]> 'q' \u0000\u0008\ufffe \ud800 \u{1f4a5}\n\ttab`;
    const shown = `<a href="x">&amp;</a> ]]> 'q' \ufffd\ufffd\ufffd \ufffd \u{1f4a5}\n\ttab`;
    const [one] = casesOf(resultOf({ criteria: [judgedCriterion({ title: wild, note: wild, status: 'fail' })] }));
    assert.equal(one?.attributes.name, shown);
    assert.ok(one?.children[0]?.text.endsWith(`note: ${shown}`));
  });
});
