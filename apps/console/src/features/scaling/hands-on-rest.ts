import type { ScalingRestBody } from '@springtide/contracts';

/** It is over whatever a person decides. */
const OVER: readonly ScalingRestBody['reason'][] = ['end-over', 'money-spent', 'stopped', 'came-back'];

/** What a person can decide about a group that rests; undefined when nothing. */
export function handsOn({ reason }: Pick<ScalingRestBody, 'reason'>): 'keep-off' | 'let-back' | undefined {
  if (OVER.includes(reason)) return undefined;
  return reason === 'kept-off' ? 'let-back' : 'keep-off';
}
