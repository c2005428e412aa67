import { asTold, sentence, type ScalingRestBody, type ScalingRestShown } from '@springtide/contracts';
import type { Instant } from '@springtide/kernel';

type Reason = ScalingRestBody['reason'];

/** Nothing changes any more by itself. */
export const SETTLED: readonly Reason[] = ['kept-off', 'end-over', 'money-spent', 'stopped', 'came-back'];

/** What a person may keep off: it would come back now, or when an approver decides. */
const KEEPABLE: readonly Reason[] = [
  'leaving',
  'campaign',
  'promised',
  'stop-switch',
  'prices-unread',
  'approval',
  'prices-risen',
];

/** Undefined where the rest is not one that a person can decide about. */
export function decidedByHand(
  rest: ScalingRestBody,
  comesBack: boolean,
  by: string,
  now: Instant,
): ScalingRestBody | undefined {
  if (!comesBack && KEEPABLE.includes(rest.reason)) {
    const told = sentence('rest.kept-off', { who: by, at: now, until: rest.until });
    return { ...rest, reason: 'kept-off', ...asTold([told]) };
  }
  if (comesBack && rest.reason === 'kept-off') {
    return { ...rest, reason: 'leaving', ...asTold([sentence('rest.let-back', { who: by })]) };
  }
  const isSoAlready = comesBack ? KEEPABLE.includes(rest.reason) : rest.reason === 'kept-off';
  return isSoAlready ? rest : undefined;
}

/** What a person can decide about it now; null when it is over whatever anybody decides. */
export function choiceOf({ reason }: Pick<ScalingRestBody, 'reason'>): ScalingRestShown['choice'] {
  if (reason === 'kept-off') return 'let-back';
  return KEEPABLE.includes(reason) ? 'keep-off' : null;
}
