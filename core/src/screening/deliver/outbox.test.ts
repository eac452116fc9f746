import { expect, test } from 'vitest';
import { createOutbox, type Delivery, readSteps } from './outbox.ts';

const step = (state: Delivery['state'], changes: Partial<Delivery> = {}): Delivery => ({
  ...{ alert: 'A-1', raisedAt: 1_699_999_000, channel: 'hook', state, at: 1_700_000_000, attempt: 1 },
  ...{ repeat: false, reason: null, mayHaveArrived: false },
  ...changes,
});

test.each<[string, readonly Delivery[], { attempt: number; repeat: boolean } | null]>([
  ['nothing was done', [], { attempt: 1, repeat: false }],
  ['delivered', [step('begun'), step('delivered')], null],
  ['cut off', [step('begun')], { attempt: 2, repeat: true }],
  ['failed', [step('begun'), step('failed')], { attempt: 2, repeat: false }],
  ['failed without an answer', [step('begun'), step('failed', { mayHaveArrived: true })], { attempt: 2, repeat: true }],
  ['cut off, then failed', [step('begun'), step('begun'), step('failed')], { attempt: 3, repeat: true }],
  ['another alert', [step('begun', { alert: 'A-2' })], { attempt: 1, repeat: false }],
  ['another alert of the same id', [step('delivered', { raisedAt: 1_699_999_001 })], { attempt: 1, repeat: false }],
  ['another channel', [step('delivered', { channel: 'chat' })], { attempt: 1, repeat: false }],
])('%s', (_, steps, due) => {
  expect(createOutbox(steps).dueOf({ id: 'A-1', at: 1_699_999_000 }, 'hook')).toEqual(due);
});

test('what is no whole step is passed over, and what is beside it is read', () => {
  const whole = JSON.stringify(step('begun'));
  const { mayHaveArrived: _, ...short } = step('delivered');
  const lines = [whole, whole.slice(0, -1), 'null', '{}', '\0\0\0', '', JSON.stringify(short), whole];
  expect(readSteps(lines.join('\n'))).toEqual([step('begun'), step('delivered'), step('begun')]);
});
