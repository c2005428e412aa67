/** One server behind a load balancer. Weight 0: it is there and gets nothing. */
export type BalancerMember = Readonly<{ id: string; address: string; port: number; weight: number }>;

export type BalancerPool = Readonly<{ name: string; members: readonly BalancerMember[] }>;

/** Requests are spread over pools by these weights, and inside a pool over its healthy members by theirs. */
export type Forward = readonly Readonly<{ pool: string; weight: number }>[];

export type BalancerRule = Readonly<{
  when:
    Readonly<{ header: string; values: readonly string[] }> | Readonly<{ sourceRanges: readonly string[] }>;
  forward: Forward;
}>;

/** What a cloud's control plane says of one listener, whole: the balancer carries exactly this. */
export type BalancerState = Readonly<{
  pools: readonly BalancerPool[];
  /** The first that fits wins. */
  rules: readonly BalancerRule[];
  /** For what fits no rule. */
  forward: Forward;
}>;

export const NOTHING: BalancerState = { pools: [], rules: [], forward: [] };

export type MemberHealth = 'initial' | 'healthy' | 'unhealthy';

/** Cumulative since the start of the balancer. */
export type PoolCounters = Readonly<{ requests: number; errors: number }>;
