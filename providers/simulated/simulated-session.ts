import { SpringtideError, addMs, msBetween, type Clock, type Instant } from '@springtide/kernel';
import type {
  AccountReport,
  BillFacet,
  CallOptions,
  ClusterFacet,
  Image,
  ImageFacet,
  Network,
  NetworkFacet,
  Page,
  ProviderSession,
  ResourceFacet,
} from '@springtide/provider-kit';
import type { SimulatedAccount } from './account.js';
import type { CloudApi } from './cloud-api.js';
import { simulatedBills } from './simulated-bills.js';
import { SimulatedClusters } from './simulated-clusters.js';
import { SimulatedCompute } from './simulated-compute.js';
import { simulatedResources } from './simulated-resources.js';

const VERIFY_MS = 20_000;

const NEEDED: Readonly<Record<string, string>> = {
  RunMachines: 'launching machines',
  DescribeMachines: 'watching machines',
  ListMachines: 'inventory and reconciliation',
  TerminateMachines: 'scale-back',
  SetReleaseTime: 'the time-to-live that ends machines even when Springtide cannot',
  ListOfferings: 'planning by price and stock',
  ListQuotas: 'the readiness gate',
  ListSatellites: 'finding what outlives its machine',
  ReleaseSatellite: 'sweeping what outlives its machine',
  ListChanges: 'an inventory that learns of changes at once',
  ListCharges: 'the bill check of campaigns',
  ListResources: 'the inventory of hosts, disks and clusters',
  ListClusters: 'the inventory of clusters',
  DescribeCluster: 'watching clusters',
  CreateCluster: 'making clusters',
  ScaleNodePool: 'scaling clusters',
  GetKubeconfig: 'deploying into clusters',
  DeleteCluster: 'ending clusters',
};

export class SimulatedSession implements ProviderSession {
  readonly compute: SimulatedCompute;
  readonly network: NetworkFacet;
  readonly images: ImageFacet;
  readonly resources: ResourceFacet;
  readonly clusters: ClusterFacet;
  readonly bills: BillFacet;
  readonly #api: CloudApi;
  readonly #account: SimulatedAccount;
  #closed = false;

  constructor(api: CloudApi, account: SimulatedAccount, clock: Clock) {
    this.#api = api;
    this.#account = account;
    this.compute = new SimulatedCompute(api, clock);
    this.resources = simulatedResources(api, account);
    this.clusters = new SimulatedClusters(api);
    this.bills = simulatedBills(api);
    this.network = { listNetworks: (scope, options) => networks(api, scope.region, options) };
    this.images = { listImages: (scope, options) => images(api, scope.region, options) };
  }

  async verify(at: Instant): Promise<AccountReport> {
    const answer = await this.#api.call('WhoAmI', {}, { deadline: addMs(at, VERIFY_MS) });
    const { kind } = this.#account.settings;
    if (answer.kind !== kind) {
      throw new SpringtideError(
        'failed-precondition',
        `the account is registered as ${kind}, but behind it is a ${answer.kind}; nothing was changed`,
        { nextStep: `Register the account with kind "${answer.kind}".` },
      );
    }
    return {
      identity: answer.identity,
      regions: answer.regions,
      permissions: Object.entries(NEEDED).map(([action, neededFor]) => ({
        action,
        neededFor,
        granted: answer.permissions.includes(action),
      })),
      clockSkewMs: msBetween(at, answer.time),
      product: answer.product,
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#api.close();
  }
}

async function* networks(api: CloudApi, region: string, options: CallOptions): AsyncIterable<Page<Network>> {
  const answer = await api.call('ListNetworks', { region }, options);
  const items = answer.networks.map(({ zone, ...rest }) => {
    return { ...rest, name: rest.id, region, ...(zone === undefined ? {} : { zone }) };
  });
  yield { items, complete: true };
}

async function* images(api: CloudApi, region: string, options: CallOptions): AsyncIterable<Page<Image>> {
  const answer = await api.call('ListImages', { region }, options);
  yield { items: answer.images.map((each) => ({ ...each, region })), complete: true };
}
