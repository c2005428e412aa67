import type { Rule } from '../rule.js';
import { accountRules } from './account.js';
import { billRules } from './bills.js';
import { changeRules } from './changes.js';
import { clusterRules } from './clusters.js';
import { failureRules } from './failures.js';
import { imageRules } from './images.js';
import { inputRules } from './inputs.js';
import { launchRules } from './launch.js';
import { leftoverRules } from './leftovers.js';
import { listingRules } from './listing.js';
import { offeringRules } from './offerings.js';
import { placeRules } from './places.js';
import { resourceRules } from './resources.js';
import { terminationRules } from './termination.js';

/** Account, machines and the places they go to. */
export const PROVIDER_RULES: readonly Rule[] = [
  ...accountRules,
  ...launchRules,
  ...inputRules,
  ...listingRules,
  ...terminationRules,
  ...failureRules,
  ...offeringRules,
  ...leftoverRules,
  ...placeRules,
  ...resourceRules,
  ...changeRules,
  ...clusterRules,
  ...imageRules,
  ...billRules,
];
