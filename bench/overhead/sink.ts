/**
 * A target that responds to the booking routes immediately, with bodies as large as those of the reference service. The
 * target uses as little CPU as possible, because only k6 is measured. The target runs as a child process, and replies
 * to every message from its parent process with the number of requests received so far.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const booking = {
  id: 1,
  salonId: 1,
  customerPhone: '+447700900123',
  service: 'haircut',
  startsAt: '2025-01-06T09:00:00.000Z',
  status: 'confirmed',
};
const message = {
  id: 1,
  salonId: 1,
  direction: 'inbound',
  body: 'Hi, can I book a haircut on Monday?',
  sentAt: booking.startsAt,
};
const intent = { intent: 'book', count: 10, meanConfidence: 0.9, meanLatencyMs: 480 };
const listOfTwenty = <T>(value: T): T[] => Array.from({ length: 20 }, () => value);

const RESPONSES: [route: string, status: number, body: unknown][] = [
  ['GET /admin/bookings/', 200, { salonId: 1, total: 20, bookings: listOfTwenty(booking) }],
  [
    'GET /admin/stats/',
    200,
    {
      salonId: 1,
      bookings: { total: 1, confirmed: 1, cancelled: 0, completed: 0 },
      messages: 1,
      customers: 1,
    },
  ],
  ['GET /admin/messages/', 200, { salonId: 1, total: 20, messages: listOfTwenty(message) }],
  ['GET /admin/ai/analytics/', 200, { salonId: 1, total: 10, intents: [intent] }],
  ['POST /admin/bookings/', 201, booking],
  ['POST /webhook/whatsapp', 202, { jobId: 'b0b7c6d2a9' }],
];
const WRONG_SIGNATURE = `sha256=${'0'.repeat(64)}`;
const responses = RESPONSES.map(([route, status, body]) => ({ route, status, body: JSON.stringify(body) }));
const refusal = { status: 401, body: JSON.stringify({ error: 'invalid_signature' }) };

let requests = 0;
const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    requests += 1;
    const route = `${request.method} ${request.url}`;
    const forged = request.headers['x-hub-signature-256'] === WRONG_SIGNATURE;
    const reply = forged ? refusal : responses.find((candidate) => route.startsWith(candidate.route));
    if (!reply) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(reply.status, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(reply.body),
    });
    response.end(reply.body);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('message', () => process.send?.({ requests }));
process.on('disconnect', () => process.exit());
