/** Apart from the job, so that the supervisor needs none of what the job needs. */
export const QUEUE_NAME = 'booking-messages';
