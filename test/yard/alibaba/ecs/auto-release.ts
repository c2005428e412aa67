import type { AlibabaCloud } from '../cloud.js';
import type { AnswerBody, ApiCall } from '../wire/api-call.js';
import { WireError } from '../wire/wire-error.js';
import { findInstance } from './instance-calls.js';

const LONGEST_MS = 3 * 366 * 24 * 3_600_000;

/** Seconds are cut to the minute. At least 30 minutes ahead, at most three years. In life. */
export function readReleaseTime(cloud: AlibabaCloud, text: string): number {
  const at = cloud.clock.heard(Math.floor(Date.parse(text) / 60_000) * 60_000);
  const ahead = at - cloud.clock.life();
  // A whole minute may be lost in the cutting.
  if (ahead >= cloud.settings.minimumAutoReleaseMs - 60_000 && ahead <= LONGEST_MS) return at;
  throw new WireError(
    400,
    'InvalidAutoReleaseTime.Malformed',
    'The specified AutoReleaseTime is out of the permitted range.',
  );
}

export function modifyAutoReleaseTime(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const instance = findInstance(cloud, call.need('InstanceId'));
  const text = call.text('AutoReleaseTime');
  cloud.machines.releaseLater(instance, text === undefined ? undefined : readReleaseTime(cloud, text));
  return {};
}
