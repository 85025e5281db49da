/** JSON Schemas of what requests bring. A `description` is what a client is told that a value must be. */

export const NAME_SCHEMA = { type: 'string', minLength: 1, maxLength: 120 } as const;

export const INSTANT_SCHEMA = {
  type: 'string',
  format: 'date-time',
  description: 'an instant such as 2025-06-01T10:00:00Z',
} as const;

/** A body with these properties and no others. */
export const bodySchema = (properties: Readonly<Record<string, object>>) => ({
  type: 'object',
  required: Object.keys(properties),
  additionalProperties: false,
  properties,
});

/** The parameter of a route such as `/salons/:id`. */
export const idParamsSchema = (description: string) => ({
  type: 'object',
  properties: { id: { type: 'string', pattern: '^[1-9][0-9]{0,8}$', description } },
});
