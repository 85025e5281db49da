/** Name of the database schema that contains the tables of the product. */
export const SCHEMA = 'load_suite';
/** Name of the database schema that contains the tables of the job queue (pg-boss). */
export const QUEUE_SCHEMA = 'load_suite_queue';
