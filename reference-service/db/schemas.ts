/** Name of the schema with the tables of a product. */
export const SCHEMA = 'load_suite';
/** Name of the schema with the tables of pg-boss. */
export const QUEUE_SCHEMA = 'load_suite_queue';
