/** What a budget counts and for whom. */
export type Counted = Readonly<{
  /** API calls, or the machines that a call asks for or names. Left out: calls. */
  counts?: 'calls' | 'machines';
  /** One for each region, or one for the whole account. Left out: region. */
  per?: 'region' | 'account';
}>;

/** `burst` at once, then `perSecond`; what is not used is saved up to `burst`. */
export type TokenBudget = Counted & Readonly<{ burst: number; perSecond: number }>;

/**
 * At most `most` within `everyMs`. `sliding`: in any stretch of that length, which holds whatever the phase of the
 * cloud's own counting is. `calendar`: in each whole minute (or other length) of UTC, after which all of it is there
 * again at once; a refusal is answered by waiting for the next.
 */
export type WindowBudget = Counted &
  Readonly<{ most: number; everyMs: number; window: 'sliding' | 'calendar' }>;

/** At most `atOnce` under way at one time, from the call to its answer. `typicalMs` each, for planning. */
export type TaskBudget = Counted & Readonly<{ atOnce: number; typicalMs: number }>;

export type RateBudget = TokenBudget | WindowBudget | TaskBudget;

/** What a client asks of a cloud: the facets' own words. */
export type CloudOperation =
  | 'verify'
  | 'listOfferings'
  | 'listQuotas'
  | 'listReservations'
  | 'trail'
  | 'launch'
  | 'tryLaunch'
  | 'describe'
  | 'list'
  | 'findByIntent'
  | 'terminate'
  | 'listSatellites'
  | 'releaseSatellite'
  | 'changes'
  | 'setReleaseTime'
  | 'listNetworks'
  | 'listImages'
  | 'placeImage'
  | 'listResources'
  | 'takeSnapshot'
  | 'revertToSnapshot'
  | 'deleteSnapshot'
  | 'listCharges'
  | 'listClusters'
  | 'describeCluster'
  | 'createCluster'
  | 'scaleNodePool'
  | 'kubeconfig'
  | 'deleteCluster'
  | 'listRoutes'
  | 'readRoute'
  | 'setMembers'
  | 'setWeights'
  | 'setMatches'
  | 'readCounters'
  | 'applyWorkload'
  | 'readWorkload'
  | 'listWorkloads'
  | 'findWorkloads'
  | 'scaleWorkload'
  | 'readRevisions'
  | 'removeWorkload'
  | 'listNodes'
  | 'setSchedulable'
  | 'evictPods'
  | 'removeNode'
  | 'listWorkloadQuotas';

/**
 * The limits that the cloud keeps for one account, as it publishes them; each budget is shared by all
 * processes. An operation that `operations` does not name draws on `read` or `mutate`.
 */
export type ProviderRates = Readonly<{
  read: RateBudget;
  mutate: RateBudget;
  /** Finer budgets by name; names begin with a letter and have letters, digits and hyphens. */
  budgets?: Readonly<Record<string, RateBudget>>;
  /** Budgets that an operation draws on, all of them together. `read` and `mutate` may be among them. */
  operations?: Readonly<Partial<Record<CloudOperation, readonly string[]>>>;
}>;

/**
 * Who goes first when calls must wait: what ends spending, then a campaign, then inventory, prices and checks. Within a
 * campaign changes go before reads.
 */
export type CallPriority = 'scale-back' | 'campaign' | 'sync';
