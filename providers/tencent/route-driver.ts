import type { RouteMember, RouteState } from '@springtide/provider-kit';
import type { TencentScope } from './tencent-api.js';

/** One kind of route. Everything is read from the cloud each time: nothing is remembered here. */
export interface RouteDriver {
  read(at: TencentScope): Promise<RouteState>;
  setMembers(group: string, members: readonly RouteMember[], at: TencentScope): Promise<void>;
  setWeights(shares: Readonly<Record<string, number>>, at: TencentScope): Promise<RouteState>;
}

/** The largest weight of a CLB target, and ours for a DNSPod record. */
export const MOST_WEIGHT = 100;
