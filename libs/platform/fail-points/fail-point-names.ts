/**
 * Every place where a process can be ended or held up in the middle of an effect. `window` is where the crash falls:
 * w1 written down, not sent · w2 sent, no answer (the fault proxy of the tests ends a process there) · w3 answered, not
 * recorded · w4 recorded, not told to the engine · w5 on the way back · w6 while an unknown outcome is looked for.
 */
export const FAIL_POINTS = {
  'purchase.written': ['w1', 'the purchase and its reservation are committed; the cloud knows nothing'],
  'purchase.sending': ['w1', 'the purchase is marked as sent, which is the last thing before the call'],
  'purchase.answered': ['w3', 'the cloud has answered; nothing of it is recorded'],
  'purchase.recorded': ['w4', 'machines are recorded; the engine has not heard'],
  'purchase.looking': ['w6', 'an unknown outcome was looked for; nothing was concluded from it'],
  'set.sending': ['w1', 'a change of a route, a timer or a cluster is marked as sent, and was not'],
  'set.answered': ['w3', 'that change was carried out; it is not recorded'],
  'set.recorded': ['w4', 'that change is recorded; the engine has not heard'],
  'release.sending': ['w5', 'a deletion is marked as sent, and was not'],
  'release.answered': ['w5', 'the cloud has taken a deletion; it is not recorded'],
  'release.recorded': ['w5', 'a deletion is recorded; the engine has not heard'],
  'rest.looking': ['w6', 'scale-back has looked for an unknown outcome; nothing was concluded from it'],
  'satellite.sending': ['w5', 'the end of a disk or address is marked as sent, and was not'],
  'satellite.answered': ['w5', 'a disk or address is gone; it is not recorded'],
  'scale-back.begun': ['w5', 'purchases are frozen and the fence is taken; nothing has been returned'],
  'scale-back.verified': ['w5', 'a listing has shown nothing of the run; it is not closed'],
  'answer.made': ['w3', 'an API request is carried out; its answer is not kept'],
  'answer.kept': ['w4', 'an API request is carried out and its answer is kept; it has not gone out'],
} as const satisfies Readonly<Record<string, readonly [window: string, meaning: string]>>;

export type FailPointName = keyof typeof FAIL_POINTS;
