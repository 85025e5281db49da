import { defineSmokeTest, each, inSequence, visit } from 'load-suite';
import { administration, core, monitoring, notifications, payments } from './flows/users.ts';
import { createIntent, payFifty, product } from './product.ts';

export const { options, run, handleSummary } = defineSmokeTest({
  product,
  description: 'every flow and every endpoint, once',
  // The payment is made by who has signed in for the notifications.
  traffic: inSequence(
    core,
    monitoring,
    administration,
    payments,
    notifications,
    each([visit(1, createIntent, payFifty)]),
  ),
  contracts: 12,
});
