import { asRead, validator } from '../../results/validator.ts';
import { type Structure, TEST_RUN_STRUCTURE } from './test-run-schema.ts';

const validate = validator(strict(TEST_RUN_STRUCTURE), 'TestRun');

/** @throws Error that names the first place that is wrong */
export function assertTestRun(run: unknown): void {
  validate(asRead(run));
}

/**
 * The same structure as a JSON Schema that also refuses what it does not know: Kubernetes would drop it without a
 * word, or refuse it when it is too late.
 */
function strict({
  properties,
  items,
  additionalProperties,
  format: _format,
  'x-kubernetes-int-or-string': intOrString,
  'x-kubernetes-preserve-unknown-fields': open,
  ...kept
}: Structure): object {
  return {
    ...kept,
    ...(intOrString && { type: ['string', 'integer'] }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, value]) => [name, strict(value)]),
      ),
      ...(!open && { additionalProperties: false }),
    }),
    ...(additionalProperties && { additionalProperties: strict(additionalProperties) }),
    ...(items && { items: strict(items) }),
  };
}
