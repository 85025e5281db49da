import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bytesOf, DEFAULTS, parseClusterOption, versionOf } from './settings.ts';

const DIGEST = `sha256:${'0a'.repeat(32)}`;

describe('parseClusterOption', () => {
  const cases: Record<keyof typeof parseClusterOption, { accepted: string[]; refused: string[] }> = {
    parallelism: { accepted: ['1', '50', '1000'], refused: ['0', '-1', '1.5', '1001', 'two', ''] },
    name: {
      accepted: ['a', 'shop-peak-77ee4a', 'x'.repeat(51)],
      refused: ['', 'Peak', '7a', 'a-', 'a_b', 'x'.repeat(52)],
    },
    image: {
      accepted: [DEFAULTS.image, DEFAULTS.collectorImage, `grafana/k6@${DIGEST}`, `host:5000/k6:2.2.0@${DIGEST}`],
      refused: ['grafana/k6', 'grafana/k6:latest', 'host:5000/k6', 'grafana/k6@sha256:00', 'k6:2.2.0 --privileged', ''],
    },
    cpu: { accepted: ['1', '0.5', '500m'], refused: ['', '0', 'two', '1Gi'] },
    memory: { accepted: ['512Mi', '2Gi'], refused: ['', '512', '0Gi', '1.5Gi', '2GB'] },
    url: {
      accepted: ['http://10.0.0.7:4318', 'https://collect.example.com'],
      refused: ['10.0.0.7:4318', 'http://a/b', 'http://u:p@a', 'ftp://a', 'http://a:99999'],
    },
    port: { accepted: ['1', '65535'], refused: ['0', '65536', 'http'] },
  };
  for (const [option, { accepted, refused }] of Object.entries(cases)) {
    const read: (text: string) => unknown = parseClusterOption[option as keyof typeof parseClusterOption];
    test(`parseClusterOption accepts valid values of ${option} and refuses invalid values`, () => {
      for (const text of accepted) assert.equal(String(read(text)), text);
      for (const text of refused) assert.throws(() => read(text), /Expected /, `${option} accepts "${text}"`);
    });
  }
});

test('bytesOf converts an amount of memory to bytes', () => {
  assert.equal(bytesOf('512Mi'), 512 * 1024 ** 2);
  assert.equal(bytesOf('2Gi'), 2 * 1024 ** 3);
});

test('versionOf returns the version in the tag of an image; null if the image has no tag', () => {
  assert.equal(versionOf('grafana/k6:2.2.0'), '2.2.0');
  assert.equal(versionOf(`host:5000/k6:v2.3.1@${DIGEST}`), '2.3.1');
  assert.equal(versionOf(`grafana/k6@${DIGEST}`), null);
  assert.equal(versionOf('grafana/k6:master-with-browser'), null);
});
