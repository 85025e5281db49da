import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { httpError } from '../../http/errors.ts';
import type { BookingJob } from './repository.ts';

/** Whether a header value `sha256=<hex>` is the HMAC-SHA256 of the raw body. */
export function isSigned(body: Buffer, header: unknown, secret: string): boolean {
  if (typeof header !== 'string') return false;
  const expected = Buffer.from(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`);
  const given = Buffer.from(header);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** The first text message of a WhatsApp Cloud API notification. */
type IncomingMessage = { id: string; job: BookingJob };

/** @throws 400 naming the part of the body that is not as expected. */
export function readMessage(body: Buffer, loadRun: string | null): IncomingMessage {
  let notification: unknown;
  try {
    notification = JSON.parse(body.toString());
  } catch {
    throw malformed('the body is not JSON');
  }
  if (at(notification, 'object') !== 'whatsapp_business_account') {
    throw malformed('object is not "whatsapp_business_account"');
  }
  const salonId = Number(at(notification, 'entry', 0, 'id'));
  if (!Number.isInteger(salonId) || salonId < 1 || salonId > 2 ** 31 - 1) {
    throw malformed('entry[0].id is not a salon id');
  }
  const message = at(notification, 'entry', 0, 'changes', 0, 'value', 'messages', 0);
  const id = at(message, 'id');
  const from = at(message, 'from');
  const text = at(message, 'text', 'body');
  const seconds = Number(at(message, 'timestamp'));
  if (typeof id !== 'string' || id === '' || id.length > 256) throw malformed('the message has no id');
  if (typeof from !== 'string' || !/^\+?[1-9]\d{6,14}$/.test(from))
    throw malformed('from is not a phone number');
  if (typeof text !== 'string' || text === '' || text.length > 4096)
    throw malformed('text.body is not a text');
  if (!(seconds > 0 && seconds < 4e9)) throw malformed('timestamp is not in seconds since 1970');
  const phone = from.startsWith('+') ? from : `+${from}`;
  return {
    id,
    job: { salonId, from: phone, text, sentAt: new Date(seconds * 1000).toISOString(), loadRun },
  };
}

const malformed = (what: string) => httpError(400, 'invalid_request', `not a WhatsApp message: ${what}`);

function at(value: unknown, ...path: (string | number)[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = (found as Record<string | number, unknown>)[key];
  }
  return found;
}

/** The same message always has the same job, so that a repeated delivery can't book twice. */
export function jobIdOf(messageId: string): string {
  const hex = createHash('sha256').update(`booking:${messageId}`).digest('hex');
  // The version and variant digits of RFC 9562, version 8: an id of one's own making.
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
