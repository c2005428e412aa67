import type { ErrorCode } from '@springtide/kernel';
import type { CloudClient } from '@springtide/provider-kit';
import { yardLane } from '../../test/yard/tools/lane.js';
import { refusalOf, VsphereBench } from '../../test/yard/vsphere/vsphere-bench.js';
import { vsphereYardAvailable } from '../../test/yard/vsphere/vsphere-yard.js';
import { manifest } from './index.js';

const state = await vsphereYardAvailable();
const runs = yardLane('vsphere faults (vcsim)', state.available, state.available ? '' : state.reason);
const suite = runs ? describe : describe.skip;

/** What a launch says when its clone's task, or the call itself, ends in the fault. */
const FAULTS: Readonly<Partial<Record<ErrorCode, readonly string[]>>> = {
  'insufficient-capacity': [
    'InsufficientResourcesFault',
    'InsufficientCpuResourcesFault',
    'InsufficientMemoryResourcesFault',
    'InsufficientHostCapacityFault',
    'InsufficientHostCpuCapacityFault',
    'InsufficientHostMemoryCapacityFault',
    'InsufficientFailoverResourcesFault',
    'InsufficientVFlashResourcesFault',
    'InsufficientGraphicsResourcesFault',
    'InsufficientStandbyResource',
    'InsufficientStorageSpace',
    'InsufficientStorageIops',
    'NoCompatibleHost',
    'NoCompatibleDatastore',
    'NoActiveHostInCluster',
    'NoDiskSpace',
    'NotEnoughLogicalCpus',
  ],
  'quota-exceeded': ['VmLimitLicense', 'NotEnoughLicenses', 'LicenseRestricted'],
  unavailable: [
    'HostNotConnected',
    'HostNotReachable',
    'HostCommunication',
    'InvalidHostState',
    'HostConnectFault',
  ],
  conflict: ['TaskInProgress', 'ResourceInUse', 'ConcurrentAccess', 'FileLocked'],
  'already-exists': ['AlreadyExists', 'FileAlreadyExists'],
  'not-found': ['ManagedObjectNotFound', 'NotFound'],
  'failed-precondition': [
    'FileNotFound',
    'InvalidState',
    'InvalidPowerState',
    'MethodDisabled',
    'CannotAccessNetwork',
    'CannotAccessFile',
  ],
  'invalid-argument': [
    'InvalidArgument',
    'InvalidProperty',
    'InvalidRequest',
    'InvalidType',
    'InvalidName',
    'InvalidFolder',
    'InvalidDatastore',
    'InvalidDeviceSpec',
    'InvalidVmConfig',
    'VmConfigFault',
    'NumVirtualCpusExceedsLimit',
    'MemorySizeNotSupported',
  ],
  'permission-denied': ['NoPermission', 'SecurityError'],
  unsupported: ['NotSupported', 'NotImplemented', 'MethodNotFound', 'RestrictedVersion'],
  cancelled: ['RequestCanceled'],
  timeout: ['Timedout'],
  // In no table, and SystemError means nothing in particular.
  unknown: ['SystemError', 'PatchBinariesNotFound', 'VFlashCacheHotConfigNotSupported'],
};

const OPEN: ReadonlySet<string> = new Set<ErrorCode>(['cancelled', 'timeout', 'unknown']);

const CASES = Object.entries(FAULTS).flatMap(([code, kinds]) =>
  kinds.map((kind) => [kind, code, OPEN.has(code) ? 'maybe' : 'none'] as const),
);

suite('every fault that is understood, from the wire to the contract', () => {
  let bench: VsphereBench;
  let client: CloudClient;

  beforeAll(async () => {
    bench = await VsphereBench.start(manifest);
    client = await bench.connect();
  }, 600_000);
  afterEach(async () => bench.settle());
  afterAll(async () => bench.stop());

  it.each(CASES)(
    '%s of a clone’s task is %s, effect %s',
    async (fault, code, effect) => {
      await bench.admin.taskFault({ method: 'CloneVM_Task', fault, count: 1 });
      const ordered = bench.batch();
      const error = await refusalOf(client.compute.launch(ordered));
      expect([error.code, error.effect]).toEqual([code, effect]);
      expect(error.message).toContain(fault);
      const query = { intent: ordered.ownership.intent, region: 'DC0' };
      expect(await client.compute.findByIntent(query)).toEqual([]);
    },
    20_000,
  );

  it('reads the same faults when the call itself is refused, before there is a task', async () => {
    for (const [fault, code, effect] of CASES) {
      await bench.admin.fault({ method: 'CloneVM_Task', fault, count: 1 });
      const error = await refusalOf(client.compute.launch(bench.batch()));
      expect([fault, error.code, error.effect]).toEqual([fault, code, effect]);
      await bench.admin.reset();
    }
  }, 60_000);

  it('never lets a read have an effect, whatever its fault', async () => {
    for (const [fault, code] of CASES) {
      await bench.admin.fault({ method: 'CreateContainerView', fault, count: 1 });
      const error = await refusalOf(bench.resources(client, 'host'));
      expect([fault, error.code, error.effect]).toEqual([fault, code, 'none']);
      await bench.admin.reset();
    }
  }, 60_000);

  it('a machine whose end fails stays reported, and the next try ends it', async () => {
    const ordered = bench.batch({ count: 2, minimum: 2 });
    const { items } = await client.compute.launch(ordered);
    const ids = items.flatMap((item) => (item.outcome === 'accepted' ? [item.machineId] : []));
    await bench.admin.fault({ method: 'Destroy_Task', fault: 'HostNotConnected', count: 1 });
    const first = [...(await client.compute.terminate(ids, bench.scope)).values()];
    expect(first.filter((outcome) => outcome === 'gone')).toHaveLength(1);
    expect(first.find((outcome) => outcome !== 'gone')).toMatchObject({
      code: 'unavailable',
      effect: 'none',
    });
    const second = [...(await client.compute.terminate(ids, bench.scope)).values()];
    expect(second).toEqual(['gone', 'gone']);
    expect(await bench.made(ordered)).toEqual([]);
  }, 20_000);
});
