import type { VariableName } from '../../../lib/core/definition/index.ts';

/** Without these k6 does not run anything in Grafana Cloud. They become `options.cloud`, and stand in no file. */
export const CLOUD_VARIABLES = [
  'K6_CLOUD_TOKEN',
  'K6_CLOUD_STACK_ID',
  'K6_CLOUD_PROJECT_ID',
] as const satisfies VariableName[];
