import type { FacetName } from '../client/cloud-client.js';
import type { CapabilityName, ControlName } from './harness.js';
import type { Bench } from './bench.js';

/** One promise of the contract. The id is in the title of the test that every provider runs, and in RULES.md. */
export type Rule = Readonly<{
  id: `${'P' | 'T'}-${number}`;
  level: 'MUST' | 'SHOULD';
  title: string;
  why: string;
  capabilities?: readonly CapabilityName[];
  controls?: readonly ControlName[];
  /** Facets that the rule is about; where the account has none, it is skipped. */
  facets?: readonly FacetName[];
  check(bench: Bench): Promise<void>;
}>;
