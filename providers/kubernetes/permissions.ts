/** One right that is asked about, and what is lost without it. */
export type NeededRight = Readonly<{
  group: string;
  /** With its subresource, as `pods/eviction`. */
  resource: string;
  verbs: readonly string[];
  neededFor: string;
}>;

const READ = ['get', 'list'];
const APPLY = ['get', 'list', 'create', 'patch', 'delete'];

/** All that this provider ever does; the ClusterRole in README.md is this list, and a test compares them. */
export const NEEDED_RIGHTS: readonly NeededRight[] = [
  { group: 'apps', resource: 'deployments', verbs: APPLY, neededFor: 'deploying workloads' },
  { group: 'apps', resource: 'deployments/scale', verbs: ['patch'], neededFor: 'scaling workloads' },
  { group: 'apps', resource: 'statefulsets', verbs: APPLY, neededFor: 'deploying stateful workloads' },
  {
    group: 'apps',
    resource: 'statefulsets/scale',
    verbs: ['patch'],
    neededFor: 'scaling stateful workloads',
  },
  { group: 'apps', resource: 'replicasets', verbs: READ, neededFor: 'going back to an earlier version' },
  {
    group: 'apps',
    resource: 'controllerrevisions',
    verbs: READ,
    neededFor: 'going back to an earlier version',
  },
  { group: '', resource: 'services', verbs: APPLY, neededFor: 'names of workloads' },
  { group: '', resource: 'persistentvolumeclaims', verbs: APPLY, neededFor: 'volumes of workloads' },
  { group: 'policy', resource: 'poddisruptionbudgets', verbs: APPLY, neededFor: 'members that must stay up' },
  { group: 'networking.k8s.io', resource: 'networkpolicies', verbs: APPLY, neededFor: 'network policies' },
  {
    group: 'autoscaling',
    resource: 'horizontalpodautoscalers',
    verbs: APPLY,
    neededFor: 'workloads that scale themselves',
  },
  {
    group: '',
    resource: 'pods',
    verbs: ['get', 'list', 'delete'],
    neededFor: 'reasons of trouble, and drains that force',
  },
  { group: '', resource: 'pods/eviction', verbs: ['create'], neededFor: 'draining nodes' },
  { group: '', resource: 'events', verbs: ['list'], neededFor: 'reasons of trouble' },
  { group: '', resource: 'nodes', verbs: ['get', 'list', 'patch', 'delete'], neededFor: 'nodes' },
  { group: '', resource: 'resourcequotas', verbs: READ, neededFor: 'quota of a namespace' },
];

/** Only for accounts that name routes. */
export const ROUTE_RIGHTS: readonly NeededRight[] = [
  {
    group: 'gateway.networking.k8s.io',
    resource: 'httproutes',
    verbs: ['get', 'list', 'create', 'patch'],
    neededFor: 'moving traffic',
  },
  { group: 'gateway.networking.k8s.io', resource: 'gateways', verbs: ['get'], neededFor: 'moving traffic' },
  { group: 'discovery.k8s.io', resource: 'endpointslices', verbs: APPLY, neededFor: 'members of a group' },
];
