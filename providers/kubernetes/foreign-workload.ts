import { SpringtideError } from '@springtide/kernel';
import type { OwnedWorkload } from '@springtide/provider-kit';
import { readOwnership } from './ownership-marks.js';
import type { WireWorkload } from './wire-objects.js';
import { nameOf } from './workload-store.js';

/** @throws failed-precondition for what carries another creator mark, or none. */
export function refuseForeign(target: OwnedWorkload, { metadata }: Pick<WireWorkload, 'metadata'>): void {
  if (readOwnership(metadata)?.installation === target.installation) return;
  throw new SpringtideError(
    'failed-precondition',
    `workload ${nameOf(target)} was not made by this Springtide; nothing was changed`,
    { nextStep: 'Apply it with `adopt` to take it over, if that is meant.' },
  );
}
