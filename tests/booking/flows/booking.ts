import { sleep } from 'k6';
import { type CallResult, flow, observedStep, type StepResult, serverTiming, step } from 'load-suite';
import { followJob, listBookings, nextMessage, randomSalon, receiveMessage } from '../product.ts';

interface TraceStep {
  name: string;
  ok: boolean;
  durationMs: number;
  error: string | null;
}

interface Trace {
  state: 'queued' | 'running' | 'done' | 'failed';
  bookingId: number | null;
  steps: TraceStep[];
}

interface Booking {
  salon: string;
  message: string;
  phone: string;
  receipt?: CallResult;
  /** Fetched by the first step that needs it; null if the target offers no traces. */
  trace?: Trace | null;
}

const POLL_INTERVAL_S = 0.25;
const TIMEOUT_MS = 20_000;

/** A customer books through WhatsApp: from sending the message until the salon sees the booking. */
export const bookingFlow = flow<Booking>('booking', {
  endpoints: [receiveMessage, followJob, listBookings],
  begin: () => {
    const salon = randomSalon();
    const message = nextMessage(salon);
    const sender = senderOf(message);
    const phone = unusedPhone(sender);
    return { salon, message: message.replaceAll(digitsOf(sender), digitsOf(phone)), phone };
  },
  steps: [
    step('webhook-receive', (booking) => {
      booking.receipt = receiveMessage.call('', booking.message);
      return booking.receipt;
    }),
    observedStep('signature-validation', (booking) => timingStep(booking, 'validate')),
    observedStep('queue-job', (booking) => timingStep(booking, 'enqueue')),
    observedStep('ai-processing', tracedStep),
    observedStep('create-booking', tracedStep),
    observedStep('send-confirmation', tracedStep),
    step('admin-retrieval', findBooking),
  ],
});

function senderOf(message: string): string {
  return JSON.parse(message).entry[0].changes[0].value.messages[0].from;
}

const digitsOf = (phone: string) => phone.slice(1);

/**
 * A phone number that no earlier message has used: the current second, followed by digits of the customer's number.
 * If the target offers no traces, any booking with this number counts as the result of the message. A booking from an
 * earlier run, or from an earlier pass through the dataset, must not be mistaken for it.
 */
function unusedPhone(phone: string): string {
  const second = Math.floor(Date.now() / 1000) % 1_000_000;
  return `+4${String(second).padStart(6, '0')}${phone.slice(-8)}`;
}

function timingStep({ receipt }: Booking, metric: string): StepResult | null {
  return receipt ? serverTiming(receipt, metric) : null;
}

/** A step as the target traced it. If the job does not finish, the first step without a trace fails. */
function tracedStep(booking: Booking, name: string): StepResult | null {
  if (booking.trace === undefined) booking.trace = waitForTrace(booking);
  if (booking.trace === null) return null;
  const traceStep = booking.trace.steps.find((candidate) => candidate.name === name);
  if (!traceStep) return { durationMs: TIMEOUT_MS, ok: false, reason: 'not-finished' };
  return { durationMs: traceStep.durationMs, ok: traceStep.ok, reason: traceStep.error ?? 'failed' };
}

function waitForTrace({ receipt }: Booking): Trace | null {
  const jobId = receipt?.response.json('jobId');
  const deadline = Date.now() + TIMEOUT_MS;
  let trace: Trace | null = null;
  while (Date.now() < deadline) {
    const { response, ok } = followJob.call(String(jobId));
    if (!ok || response.status !== 200) return trace;
    trace = response.json() as unknown as Trace;
    if (trace.state === 'done' || trace.state === 'failed') return trace;
    sleep(POLL_INTERVAL_S);
  }
  return trace;
}

/** The salon sees the booking. Without a trace, the test polls, because it does not know when the booking is created. */
function findBooking(booking: Booking): { ok: boolean; reason: string } {
  const deadline = Date.now() + (booking.trace ? 0 : TIMEOUT_MS);
  for (;;) {
    const bookings = listBookings.call(booking.salon, '', `?phone=${encodeURIComponent(booking.phone)}`);
    if (!bookings.ok) return bookings;
    if (includesBooking(bookings, booking.trace?.bookingId ?? null)) return { ok: true, reason: '' };
    if (Date.now() >= deadline) return { ok: false, reason: 'booking-not-found' };
    sleep(POLL_INTERVAL_S);
  }
}

function includesBooking({ response }: CallResult, bookingId: number | null): boolean {
  const ids = response.json('bookings.#.id') as unknown as number[];
  return bookingId === null ? ids.length > 0 : ids.includes(bookingId);
}
