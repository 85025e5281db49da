import { each, type Form, file, perVU, randomBytes, visit } from 'load-suite';
import { randomMemberId, submitClaim } from '../product.ts';

const DOCUMENT_BYTES = 64 * 1024;
const document = file(randomBytes(DOCUMENT_BYTES, '%PDF-1.7\n', __VU), 'invoice.pdf', 'application/pdf');

const referencePrefix = perVU((vu) => `${Date.now().toString(36)}.${vu}`);
let submitted = 0;

/** A claim with a document of random bytes, which cannot be compressed. */
export function nextClaim(): Form {
  submitted += 1;
  return {
    memberId: randomMemberId(),
    reference: `${referencePrefix()}.${submitted}`,
    amountCents: '12500',
    description: 'Water damage in the kitchen',
    document,
  };
}

export const newClaims = each([visit(1, submitClaim, (it) => it.call('', nextClaim()))]);
