import { describe, test } from 'node:test';
import { testDiagnosisRule } from '../../testing/diagnosis.ts';

describe('a saturated load generator', () => {
  testDiagnosisRule(test, 'generator-saturated', {
    found: {
      'k6 uses all cores': { generatorCpu: () => 0.97 },
      'k6 uses all cores and starts fewer VUs than planned': { generatorCpu: () => 0.97, vusMax: 90 },
    },
    absent: {
      'k6 uses all cores for a tenth of the time': { generatorCpu: (s) => (s < 6 ? 0.97 : 0.2) },
      'k6 uses much of the cores': { generatorCpu: () => 0.85 },
    },
  });
});
