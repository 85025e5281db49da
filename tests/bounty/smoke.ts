import { defineSmokeTest, each, inSequence, visit } from 'load-suite';
import { administration, core, monitoring, notifications, payments } from './flows/users.ts';
import { createIntent, createPayment, product } from './product.ts';

export const { options, run, handleSummary } = defineSmokeTest({
  product,
  description: 'every flow and every endpoint once',
  // The payment comes after the notifications flow, because it needs the signed-in user.
  traffic: inSequence(
    core,
    monitoring,
    administration,
    payments,
    notifications,
    each([visit(1, createIntent, createPayment)]),
  ),
  contracts: 12,
});
