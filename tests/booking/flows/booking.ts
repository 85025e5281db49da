import { sleep } from 'k6';
import { type CallResult, flow, observedStep, type StepResult, serverTiming, step } from 'load-suite';
import { anySalon, followJob, listBookings, nextMessage, receiveMessage } from '../product.ts';

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
  /** Asked for once, by the first step that needs it; null where the target offers no trace. */
  trace?: Trace | null;
}

const POLL_EVERY_S = 0.25;
const GIVE_UP_AFTER_MS = 20_000;

/** A customer books over WhatsApp, from the message to the salon seeing the booking. */
export const bookingFlow = flow<Booking>('booking', {
  endpoints: [receiveMessage, followJob, listBookings],
  begin: () => {
    const salon = anySalon();
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
    observedStep('signature-validation', (booking) => timing(booking, 'validate')),
    observedStep('queue-job', (booking) => timing(booking, 'enqueue')),
    observedStep('ai-processing', traced),
    observedStep('create-booking', traced),
    observedStep('send-confirmation', traced),
    step('admin-retrieval', retrieve),
  ],
});

function senderOf(message: string): string {
  return JSON.parse(message).entry[0].changes[0].value.messages[0].from;
}

const digitsOf = (phone: string) => phone.slice(1);

/**
 * The customer's phone with the present second in front, in the 15 digits that a phone number may have. Where the
 * target offers no trace, any booking of the customer counts as the one of this message: there must be none yet,
 * neither of an earlier run with the same customers nor of this one, when it begins with them anew.
 */
function unusedPhone(phone: string): string {
  const second = Math.floor(Date.now() / 1000) % 1_000_000;
  return `+4${String(second).padStart(6, '0')}${phone.slice(-8)}`;
}

function timing({ receipt }: Booking, metric: string): StepResult | null {
  return receipt ? serverTiming(receipt, metric) : null;
}

/** A step of the job as the target traced it. A job that never ends fails in the step that it did not get through. */
function traced(booking: Booking, name: string): StepResult | null {
  if (booking.trace === undefined) booking.trace = finishedTrace(booking);
  if (booking.trace === null) return null;
  const found = booking.trace.steps.find((one) => one.name === name);
  if (!found) return { durationMs: GIVE_UP_AFTER_MS, ok: false, reason: 'not-finished' };
  return { durationMs: found.durationMs, ok: found.ok, reason: found.error ?? 'failed' };
}

function finishedTrace({ receipt }: Booking): Trace | null {
  const jobId = receipt?.response.json('jobId');
  const giveUpAt = Date.now() + GIVE_UP_AFTER_MS;
  let trace: Trace | null = null;
  while (Date.now() < giveUpAt) {
    const { response, ok } = followJob.call(String(jobId));
    if (!ok || response.status !== 200) return trace;
    trace = response.json() as unknown as Trace;
    if (trace.state === 'done' || trace.state === 'failed') return trace;
    sleep(POLL_EVERY_S);
  }
  return trace;
}

/** The salon sees the booking. Without a trace nobody knows when it is there: it is looked for until it is. */
function retrieve(booking: Booking): { ok: boolean; reason: string } {
  const giveUpAt = Date.now() + (booking.trace ? 0 : GIVE_UP_AFTER_MS);
  for (;;) {
    const answer = listBookings.call(booking.salon, '', `?phone=${encodeURIComponent(booking.phone)}`);
    if (!answer.ok) return answer;
    if (holds(answer, booking.trace?.bookingId ?? null)) return { ok: true, reason: '' };
    if (Date.now() >= giveUpAt) return { ok: false, reason: 'booking-not-found' };
    sleep(POLL_EVERY_S);
  }
}

function holds({ response }: CallResult, bookingId: number | null): boolean {
  const ids = response.json('bookings.#.id') as unknown as number[];
  return bookingId === null ? ids.length > 0 : ids.includes(bookingId);
}
