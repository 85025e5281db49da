/**
 * A route template in pieces between its parameters: `/shops/:shop/items/:item` is `/shops/`, `/items/` and an empty piece.
 * @param template with or without the base URL before it
 */
export function splitRoute(template: string): string[] {
  const [first = '', ...rest] = template.split('/:');
  if (rest.length === 0) return [template];
  const behind = rest.map((part) => part.slice(part.indexOf('/') < 0 ? part.length : part.indexOf('/')));
  return [`${first}/`, ...behind.map((piece, i) => (i < behind.length - 1 ? `${piece}/` : piece))];
}

/**
 * The rest of a path, from its first parameter on.
 * @param pieces behind each parameter
 * @throws Error where there are not as many values as parameters
 */
export function fillRoute(pieces: readonly string[], values: string | readonly string[] | undefined): string {
  if (!Array.isArray(values) || values.length !== pieces.length)
    throw new Error(`the route has ${pieces.length} parameters, but got ${values?.length ?? 'no'} values`);
  let path = '';
  for (let i = 0; i < pieces.length; i++) path += values[i] + pieces[i];
  return path;
}
