/**
 * The booking traffic as a hand-written k6 script that follows good practice: it creates parameters and checks only
 * once, names every request, checks every response once, and reads JSON bodies by path.
 */
import { check, sleep } from 'k6';
import crypto from 'k6/crypto';
import { SharedArray } from 'k6/data';
import exec from 'k6/execution';
import http from 'k6/http';

const BASE = __ENV.API_URL;
const SECRET = __ENV.WEBHOOK_SECRET;
const THINK = Number(__ENV.THINK_S);
const SALONS = 50;

export const options = {
  scenarios: {
    load: { executor: 'constant-vus', vus: Number(__ENV.VUS), duration: __ENV.DURATION, gracefulStop: '1s' },
  },
  thresholds: { http_req_duration: ['p(95)<400'], http_req_failed: ['rate<0.01'] },
};

const messages = new SharedArray('messages', () => open('../../dist/data/booking/messages.txt').split('\n'));
const newBookings = new SharedArray('new bookings', () => open('../../dist/data/booking/new-bookings.txt').split('\n'));

const bearer = { Authorization: `Bearer ${__ENV.ADMIN_TOKEN}` };
const get = (name) => ({ headers: bearer, tags: { name }, timeout: '30s' });
const json = { 'Content-Type': 'application/json' };

const bookingsParams = get('GET /admin/bookings/:id');
const statsParams = get('GET /admin/stats/:id');
const messagesParams = get('GET /admin/messages/:id');
const analyticsParams = get('GET /admin/ai/analytics/:id');
const createParams = {
  headers: { ...json, ...bearer },
  tags: { name: 'POST /admin/bookings/:id' },
  timeout: '30s',
};
const webhookParams = { headers: { ...json }, tags: { name: 'POST /webhook/whatsapp' }, timeout: '30s' };
const forgedParams = {
  headers: { ...json, 'X-Hub-Signature-256': `sha256=${'0'.repeat(64)}` },
  tags: { name: 'POST /webhook/whatsapp (wrong signature)' },
  timeout: '30s',
  responseCallback: http.expectedStatuses(401),
};

const bookingsCheck = { 'bookings listed': (r) => r.status === 200 && r.json('bookings') !== undefined };
const statsCheck = { 'stats read': (r) => r.status === 200 && r.json('bookings.total') !== undefined };
const messagesCheck = { 'messages listed': (r) => r.status === 200 && r.json('messages') !== undefined };
const analyticsCheck = { 'analytics read': (r) => r.status === 200 && r.json('intents') !== undefined };
const createCheck = { 'booking created': (r) => r.status === 201 && r.json('id') !== undefined };
const webhookCheck = { 'message accepted': (r) => r.status === 202 && r.json('jobId') !== undefined };
const forgedCheck = { 'forgery refused': (r) => r.status === 401 && r.json('error') !== undefined };

const run = Date.now().toString(36);
let sent = 0;

function randomSalon() {
  return 1 + Math.floor(Math.random() * SALONS);
}

function nextMessage() {
  sent += 1;
  const row = messages[exec.scenario.iterationInTest % messages.length];
  return row.replace('{{salon}}', randomSalon()).replace('{{id}}', `wamid.${run}.${__VU}.${sent}`);
}

export default function () {
  const percentile = Math.random() * 100;
  if (percentile < 25) check(http.get(`${BASE}/admin/bookings/${randomSalon()}`, bookingsParams), bookingsCheck);
  else if (percentile < 45) check(http.get(`${BASE}/admin/stats/${randomSalon()}`, statsParams), statsCheck);
  else if (percentile < 65) check(http.get(`${BASE}/admin/messages/${randomSalon()}`, messagesParams), messagesCheck);
  else if (percentile < 79.7) {
    const body = nextMessage();
    webhookParams.headers['X-Hub-Signature-256'] = `sha256=${crypto.hmac('sha256', SECRET, body, 'hex')}`;
    check(http.post(`${BASE}/webhook/whatsapp`, body, webhookParams), webhookCheck);
  } else if (percentile < 80) check(http.post(`${BASE}/webhook/whatsapp`, nextMessage(), forgedParams), forgedCheck);
  else if (percentile < 90)
    check(http.get(`${BASE}/admin/ai/analytics/${randomSalon()}`, analyticsParams), analyticsCheck);
  else {
    const body = newBookings[exec.scenario.iterationInTest % newBookings.length];
    check(http.post(`${BASE}/admin/bookings/${randomSalon()}`, body, createParams), createCheck);
  }
  if (THINK > 0) sleep(THINK + Math.random() * 2 * THINK);
}
