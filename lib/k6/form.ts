import http, { type FileData } from 'k6/http';

/** Fields of a multipart form by name: text, or a file. */
export type Form = Record<string, string | FileData>;

/**
 * A file to upload in a form.
 * @param name file name that the target receives
 * @param contentType such as `application/pdf`
 */
export const file = (bytes: ArrayBuffer, name: string, contentType: string): FileData =>
  http.file(bytes, name, contentType);
