/**
 * Splits a route template at its parameters: `/shops/:shop/items/:item` becomes `['/shops/', '/items/', '']`.
 * @param template route template, optionally after a base URL
 */
export function splitRoute(template: string): string[] {
  const [first = '', ...rest] = template.split('/:');
  if (rest.length === 0) return [template];
  const tails = rest.map((part) => part.slice(part.indexOf('/') < 0 ? part.length : part.indexOf('/')));
  return [`${first}/`, ...tails.map((tail, i) => (i < tails.length - 1 ? `${tail}/` : tail))];
}

/**
 * Fills in the parameters of a path. Returns the part of the path from the first parameter on.
 * @param pieces the text after each parameter, in order
 * @param values one value for each parameter, in order
 * @throws Error if the number of values differs from the number of parameters
 */
export function fillRoute(pieces: readonly string[], values: string | readonly string[] | undefined): string {
  if (!Array.isArray(values) || values.length !== pieces.length)
    throw new Error(`The route has ${pieces.length} parameters, but got ${values?.length ?? 'no'} values.`);
  let path = '';
  for (let i = 0; i < pieces.length; i++) path += values[i] + pieces[i];
  return path;
}
