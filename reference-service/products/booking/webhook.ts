import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { httpError } from '../../http/errors.ts';
import type { BookingJob } from './repository.ts';

/**
 * Returns whether the signature header matches the body. The header must be `sha256=` followed by the hexadecimal
 * HMAC-SHA256 of the raw body.
 */
export function isSigned(body: Buffer, header: unknown, secret: string): boolean {
  if (typeof header !== 'string') return false;
  const expected = Buffer.from(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`);
  const given = Buffer.from(header);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** The first text message in a WhatsApp Cloud API notification, as a booking job. */
type IncomingMessage = { id: string; job: BookingJob };

/** Parses the body of a WhatsApp notification. @throws 400 with a message that names the invalid part of the body */
export function readMessage(body: Buffer, loadRun: string | null): IncomingMessage {
  let notification: unknown;
  try {
    notification = JSON.parse(body.toString());
  } catch {
    throw malformed('the body is not JSON');
  }
  if (valueAt(notification, 'object') !== 'whatsapp_business_account') {
    throw malformed('object is not "whatsapp_business_account"');
  }
  const salonId = Number(valueAt(notification, 'entry', 0, 'id'));
  if (!Number.isInteger(salonId) || salonId < 1 || salonId > 2 ** 31 - 1) {
    throw malformed('entry[0].id is not a salon id');
  }
  const message = valueAt(notification, 'entry', 0, 'changes', 0, 'value', 'messages', 0);
  const id = valueAt(message, 'id');
  const from = valueAt(message, 'from');
  const text = valueAt(message, 'text', 'body');
  const seconds = Number(valueAt(message, 'timestamp'));
  if (typeof id !== 'string' || id === '' || id.length > 256) throw malformed('the message has no id');
  if (typeof from !== 'string' || !/^\+?[1-9]\d{6,14}$/.test(from)) throw malformed('from is not a phone number');
  if (typeof text !== 'string' || text === '' || text.length > 4096) throw malformed('text.body is not a text');
  if (!(seconds > 0 && seconds < 4e9)) throw malformed('timestamp is not in seconds since 1970');
  const phone = from.startsWith('+') ? from : `+${from}`;
  return {
    id,
    job: { salonId, from: phone, text, sentAt: new Date(seconds * 1000).toISOString(), loadRun },
  };
}

const malformed = (reason: string) => httpError(400, 'invalid_request', `not a WhatsApp message: ${reason}`);

function valueAt(value: unknown, ...path: (string | number)[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Record<string | number, unknown>)[key];
  }
  return current;
}

/**
 * Returns the job id for a message. The job id depends only on the message id, so that a repeated delivery does not
 * create a second booking.
 */
export function jobIdOf(messageId: string): string {
  const hex = createHash('sha256').update(`booking:${messageId}`).digest('hex');
  // Format the hash as a version 8 UUID, because RFC 9562 lets applications choose the content of this version.
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
