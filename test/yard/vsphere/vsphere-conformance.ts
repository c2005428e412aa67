import type { ProviderManifest } from '@springtide/provider-kit';
import { systemClock } from '@springtide/platform';
import type {
  ConformanceControls,
  ConformanceHarness,
  ConformanceTarget,
  EngineEvidence,
  FaultyOperation,
} from '@springtide/provider-kit/conformance';
import { freePort } from '../tools/free-port.js';
import type { Availability } from './simulator-binary.js';
import { LibraryKeeper } from './library-keeper.js';
import { askVsphereOracle, createOutside, destroyOutside } from './oracle.js';
import { vsphereAccount, YARD_MACHINE_TYPES } from './vsphere-account.js';
import { VsphereAdmin } from './vsphere-admin.js';
import { startVsphereYard, type VsphereYard } from './vsphere-yard.js';

const PAGE_SIZE = 10;

/** The call in which each operation does what it is named for. */
const METHODS: Readonly<Record<FaultyOperation, string>> = {
  launch: 'CloneVM_Task',
  terminate: 'Destroy_Task',
  describe: 'FindAllByUuid',
  list: 'RetrievePropertiesEx',
};

/** What govmomi's simulator does by itself is provoked, also through pyvmomi; README.md says what is put in front. */
const EVIDENCE: EngineEvidence = {
  engine: 'govmomi simulator 0.56',
  nature: 'provoked',
  controls: {
    loseNextAnswer: 'injected',
    delayNextAnswer: 'injected',
    throttleNext: 'injected',
    breakNext: 'injected',
    truncateNextListing: 'injected',
    skewClock: 'injected',
    sellOut: 'injected',
    limitStock: 'injected',
  },
  rules: {
    'P-11': 'injected',
    // The update sets are the simulator's, but when and of what it is asked is decided in front of it.
    'P-86': 'injected',
    'P-87': 'injected',
    'P-88': 'injected',
    'P-89': 'injected',
    // The library, its sync and the deployment are the simulator's; the checksums are put beside them.
    'P-96': 'injected',
  },
};

/** Runs the rules of the contract against vcsim; README.md says which of its behaviours are injected. */
export function vsphereHarness(manifest: ProviderManifest, state: Availability): ConformanceHarness {
  return {
    name: 'vsphere (vcsim)',
    manifest,
    ...(state.available ? {} : { unavailable: state.reason }),
    evidence: EVIDENCE,
    ruleTimeoutMs: 20_000,
    withheld: {
      exhaustQuota: 'vSphere has no quota; room in the clusters is the limit',
      hideNewFor: 'a vCenter’s inventory is consistent; what is still being cloned is awaited',
      failNextBoot: 'a machine that cannot be built fails in its clone task, before it is accepted',
      attachSatellite: 'vSphere deletes a machine’s disks with it; a detached disk carries no mark',
      passTime: 'vSphere has no time-to-live',
    },
    setUp,
  };
}

async function setUp(): Promise<ConformanceTarget> {
  const yard = await startVsphereYard({ bootDelayMs: 200 });
  const admin = new VsphereAdmin(yard.adminUrl);
  const unused = await freePort();
  const [zone = ''] = yard.zones;
  const template = (await askVsphereOracle(yard)).find((machine) => machine.template);
  return {
    account: vsphereAccount(yard, { pageSize: PAGE_SIZE }),
    region: yard.datacenter,
    sample: {
      zone,
      machineType: YARD_MACHINE_TYPES[0].name,
      image: template?.instanceUuid ?? '',
      purchaseOption: 'private',
      securityGroups: [],
    },
    imageToPlace: {
      image: await publishedImage(yard, template?.datastoreIds[0] ?? ''),
      zone: yard.zones[1] ?? zone,
    },
    unknownId: (n) => `00000000-0000-5000-8000-${n.toString(16).padStart(12, '0')}`,
    clock: systemClock,
    controls: { ...wireControls(admin), ...cloudControls(yard, admin, unused) },
    tearDown: async () => yard.stop(),
  };
}

/** An item of a subscribed library whose content is still at the publisher. */
async function publishedImage(yard: VsphereYard, datastore: string): Promise<string> {
  const keeper = new LibraryKeeper(yard);
  try {
    const publisher = await keeper.publish('company', datastore);
    await keeper.upload(publisher, 'conformance', 'a disk');
    const subscriber = await keeper.subscribe('branch', publisher, datastore, true);
    return (await keeper.items(subscriber))[0]?.id ?? '';
  } finally {
    await keeper.close();
  }
}

function wireControls(admin: VsphereAdmin): Partial<ConformanceControls> {
  return {
    loseNextAnswer: async (operation) => admin.drop({ method: METHODS[operation], count: 1, phase: 'after' }),
    delayNextAnswer: async (operation, delayMs) =>
      admin.delay({ method: METHODS[operation], count: 1, delayMs }),
    throttleNext: async (operation, times) =>
      admin.status({ method: METHODS[operation], count: times, status: 429 }),
    breakNext: async (operation) =>
      admin.fault({ method: METHODS[operation], count: 1, fault: 'PatchBinariesNotFound' }),
    // The wire cannot show a short list as a whole one: a page that is not the last carries a token.
    truncateNextListing: async () =>
      admin.drop({ method: 'ContinueRetrievePropertiesEx', count: 1, phase: 'before' }),
    expireSessions: async () => {
      await admin.expireSessions();
    },
    skewClock: async (ms) => {
      await admin.skewClock(ms);
      return async () => admin.skewClock(0);
    },
  };
}

function cloudControls(yard: VsphereYard, admin: VsphereAdmin, unused: number): Partial<ConformanceControls> {
  let foreign = 0;
  const leave = async (zone: string, machineType: string, machines: number) => {
    const type = YARD_MACHINE_TYPES.find((each) => each.name === machineType);
    await admin.leaveRoom(zone, machines * (type?.memoryMiB ?? 0));
    return async () => admin.leaveRoom(zone, null);
  };
  return {
    sellOut: async (zone, machineType) => leave(zone, machineType, 0),
    limitStock: leave,
    wrongCredentials: () => ({ ...vsphereAccount(yard), secret: { password: 'not-the-password' } }),
    unreachable: () => vsphereAccount(yard, { url: `https://127.0.0.1:${unused}/sdk` }),
    deleteOutside: async (id) => {
      await destroyOutside(yard, id);
    },
    createForeign: async () => {
      foreign += 1;
      const machines = await createOutside(yard, `somebody-else-${foreign}`);
      return machines.find((machine) => machine.name === `somebody-else-${foreign}`)?.instanceUuid ?? '';
    },
    listPageSize: () => PAGE_SIZE,
    reset: async () => {
      await admin.reset();
      for (const zone of yard.zones) await admin.leaveRoom(zone, null);
    },
  };
}
