/** JSON Schemas of requests. Error messages have the form "<name> must be <description of the schema>". */

export const NAME_SCHEMA = { type: 'string', minLength: 1, maxLength: 120 } as const;

export const INSTANT_SCHEMA = {
  type: 'string',
  format: 'date-time',
  description: 'an instant such as 2025-06-01T10:00:00Z',
} as const;

/** Returns the schema of a request body that must have exactly these properties. */
export const bodySchema = (properties: Readonly<Record<string, object>>) => ({
  type: 'object',
  required: Object.keys(properties),
  additionalProperties: false,
  properties,
});

/** Returns the schema of the `id` parameter in routes such as `/salons/:id`. */
export const idParamsSchema = (description: string) => ({
  type: 'object',
  properties: { id: { type: 'string', pattern: '^[1-9][0-9]{0,8}$', description } },
});
