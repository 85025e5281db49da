/** Schema of the tables of a product. */
export const SCHEMA = 'load_suite';
/** Schema of the tables of pg-boss. */
export const QUEUE_SCHEMA = 'load_suite_queue';
