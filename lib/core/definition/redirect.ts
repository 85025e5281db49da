const REDIRECT_STATUSES = [301, 302, 303, 307, 308];
const KEEPS_METHOD = [307, 308];
const ORIGIN = /^https?:\/\/[^/?#]+/i;

export const isRedirect = (status: number): boolean => REDIRECT_STATUSES.includes(status);

/** Returns whether a redirect repeats the request with its method and body, instead of as a GET (RFC 9110, 15.4). */
export const keepsMethod = (status: number, method: string): boolean =>
  KEEPS_METHOD.includes(status) || method === 'GET';

/**
 * Returns the URL to which a redirect leads.
 * @param url the URL of the redirected request
 * @param location value of the `Location` header; undefined if it is missing
 * @returns null if there is no location, or if it is on another host, because load must not leave the target
 */
export function redirectTarget(url: string, location: string | undefined): string | null {
  const origin = ORIGIN.exec(url)?.[0] ?? '';
  if (!location) return null;
  const [target = ''] = absolute(url, origin, location).split('#');
  return ORIGIN.exec(target)?.[0].toLowerCase() === origin.toLowerCase() ? target : null;
}

function absolute(url: string, origin: string, location: string): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(location)) return location;
  if (location.startsWith('//')) return origin.slice(0, origin.indexOf('//')) + location;
  if (location.startsWith('/')) return origin + location;
  const path = url.slice(origin.length).replace(/[?#].*$/, '');
  return location.startsWith('?')
    ? origin + path + location
    : `${origin}${path.replace(/[^/]*$/, '') || '/'}${location}`;
}
