import { each, type Form, file, perVU, randomBytes, visit } from 'load-suite';
import { anyMember, submitClaim } from '../product.ts';

const DOCUMENT_BYTES = 64 * 1024;
const document = file(randomBytes(DOCUMENT_BYTES, '%PDF-1.7\n', __VU), 'invoice.pdf', 'application/pdf');

const mark = perVU((vu) => `${Date.now().toString(36)}.${vu}`);
let submitted = 0;

/** A claim with its document, real bytes that nobody can compress. */
export function nextClaim(): Form {
  submitted += 1;
  return {
    memberId: anyMember(),
    reference: `${mark()}.${submitted}`,
    amountCents: '12500',
    description: 'Water damage in the kitchen',
    document,
  };
}

export const newClaims = each([visit(1, submitClaim, (it) => it.call('', nextClaim()))]);
