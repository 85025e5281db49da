import { describe, test } from 'node:test';
import { scene, tells } from '../../testing/diagnosis.ts';

describe('a saturated load generator', () => {
  tells(test, [
    ['k6 uses all cores', scene({ generatorCpu: () => 0.97 }), ['generator-saturated']],
    [
      'and fewer users were there than planned',
      scene({ generatorCpu: () => 0.97, vusMax: 90 }),
      ['generator-saturated'],
    ],
    ['k6 uses all cores for a tenth of the time', scene({ generatorCpu: (s) => (s < 6 ? 0.97 : 0.2) }), []],
    ['k6 uses much of the cores', scene({ generatorCpu: () => 0.85 }), []],
  ]);
});
