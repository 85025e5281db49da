/** Schema of the products' tables. */
export const SCHEMA = 'load_suite';
/** Schema of the queue's tables. */
export const QUEUE_SCHEMA = 'load_suite_queue';
