import http, { type FileData } from 'k6/http';

/** Fields of a multipart form by name. Each is text or a file: `{ title: 'Receipt', document: file(…) }`. */
export type Form = Record<string, string | FileData>;

/**
 * A file in a form: `file(randomBytes(250_000, '%PDF-1.7'), 'receipt.pdf', 'application/pdf')`.
 * @param name file name that the target receives
 * @param contentType such as `application/pdf`
 */
export const file = (bytes: ArrayBuffer, name: string, contentType: string): FileData =>
  http.file(bytes, name, contentType);
