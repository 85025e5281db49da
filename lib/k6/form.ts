import http, { type FileData } from 'k6/http';
import { quickRandom } from '../core/numbers/index.ts';

/** Fields of a multipart form, by name: text, or a file. */
export type Form = Record<string, string | FileData>;

/** A file to be uploaded in a form. */
export const file = (bytes: ArrayBuffer, name: string, contentType: string): FileData =>
  http.file(bytes, name, contentType);

/**
 * So many bytes that no one can compress, the same ones for the same seed.
 * @param begins what they begin with, such as `%PDF-1.7`: servers look at that to tell what a file is
 */
export function randomBytes(size: number, begins = '', seed = 1): ArrayBuffer {
  const bytes = new Uint8Array(size);
  const random = quickRandom(seed);
  for (let i = 0; i < size; i++) bytes[i] = i < begins.length ? begins.charCodeAt(i) : random() * 256;
  return bytes.buffer;
}
