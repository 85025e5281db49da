/** JSON Schemas of requests. The `description` of each schema completes the error message "… must be …". */

export const NAME_SCHEMA = { type: 'string', minLength: 1, maxLength: 120 } as const;

export const INSTANT_SCHEMA = {
  type: 'string',
  format: 'date-time',
  description: 'an instant such as 2025-06-01T10:00:00Z',
} as const;

/** Schema of a body with exactly these properties. */
export const bodySchema = (properties: Readonly<Record<string, object>>) => ({
  type: 'object',
  required: Object.keys(properties),
  additionalProperties: false,
  properties,
});

/** Schema of the parameter of a route such as `/salons/:id`. */
export const idParamsSchema = (description: string) => ({
  type: 'object',
  properties: { id: { type: 'string', pattern: '^[1-9][0-9]{0,8}$', description } },
});
