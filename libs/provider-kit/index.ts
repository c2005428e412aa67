export { type CallObserver, type ObservedCall } from './client/call-observer.js';
export { DEFAULT_CALL_POLICY, type CallPolicy } from './client/call-policy.js';
export { type CallControl } from './client/call-runner.js';
export { CloudClient } from './client/cloud-client.js';
export { type BillClient } from './client/bill-client.js';
export { type ClusterClient } from './client/cluster-client.js';
export { type ComputeClient, type TerminationOutcome } from './client/compute-client.js';
export { connectAccount, type ConnectContext } from './client/connect-account.js';
export { type ImageClient, type NetworkClient } from './client/inventory-clients.js';
export { loadManifests } from './client/load-manifests.js';
export { collect, collectComplete, type Collected } from './client/listing.js';
export {
  apiTime,
  launchesWithin,
  sharesLaunches,
  type ApiTime,
  type PlannedLaunch,
} from './client/limiter/api-time.js';
export {
  BookedRateLimiter,
  InProcessRateLimiter,
  type RateBooks,
  type RateLimiter,
} from './client/limiter/rate-limiter.js';
export { type ResourceClient } from './client/resource-client.js';
export { type TrafficClient } from './client/traffic-client.js';
export { type DrainOrder, type DrainReport, type WorkloadClient } from './client/workload-client.js';
export type * from './contract/bills.js';
export type * from './contract/clusters.js';
export type * from './contract/compute.js';
export type * from './contract/machine.js';
export type * from './contract/network.js';
export type * from './contract/rates.js';
export {
  RESOURCE_KINDS,
  type MachineChanges,
  type Relation,
  type RelationKind,
  type RelationTarget,
  type Resource,
  type ResourceFacet,
  type ResourceKind,
} from './contract/resources.js';
export type * from './contract/session.js';
export type * from './contract/snapshots.js';
export type * from './contract/traffic.js';
export type * from './contract/workloads.js';
export { eachOrSeparately } from './machines/id-batches.js';
export { OWNERSHIP_TAGS, labelsIn, ownershipTags, readOwnershipTags } from './machines/ownership-tags.js';
export { promisedMachine } from './machines/promised-machine.js';
export { RecentlyKnown } from './machines/recently-known.js';
export {
  checkRouteMatches,
  checkRouteMembers,
  checkRouteName,
  checkRouteShares,
} from './traffic/route-input.js';
export { SerialLanes } from './traffic/serial-lanes.js';
export {
  byGroup,
  shareWeights,
  sharesGiven,
  sharesReceived,
  type WeighedMember,
} from './traffic/share-weights.js';
export {
  foreignMember,
  refuseOtherWriter,
  refusePointingAtNothing,
  routeState,
  sharesOfStaying,
  type LiveMember,
} from './traffic/weighed-route.js';
