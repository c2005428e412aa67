import { randomUUID } from 'node:crypto';
import { SpringtideError } from '@springtide/kernel';
import { systemClock } from '@springtide/platform';
import type { ProviderManifest } from '@springtide/provider-kit';
import type {
  ConformanceControls,
  ConformanceHarness,
  ConformanceTarget,
} from '@springtide/provider-kit/conformance';
import { freePort } from '../tools/free-port.js';
import type { Front } from './front.js';
import { openstackAccount } from './openstack-account.js';
import { startOpenstackYard, type OpenstackYard } from './openstack-yard.js';
import { novaRelease, type Availability } from './yard-image.js';

const PAGE_SIZE = 10;
const MACHINE_TYPE = 's1';
/** Longer than a service believes a token without asking keystone. */
const TOKEN_MEMORY_MS = 1_100;
const STRANGE = { status: 418, body: '{"teapot": {"message": "a refusal that no table knows"}}' };
const BUSY = {
  status: 429,
  body: '{"overLimit": {"code": 429, "message": "This request was rate-limited.", "retryAfter": "0"}}',
};

/** Runs the rules of the contract against the real services; README.md says which behaviours are injected. */
export function openstackHarness(manifest: ProviderManifest, state: Availability): ConformanceHarness {
  return {
    name: 'openstack (keystone, nova, placement, neutron, glance)',
    manifest,
    ...(state.available ? {} : { unavailable: state.reason }),
    evidence: {
      engine: state.available ? `OpenStack, nova ${novaRelease()}` : 'OpenStack',
      nature: 'provoked',
      controls: {
        loseNextAnswer: 'injected',
        delayNextAnswer: 'injected',
        throttleNext: 'injected',
        breakNext: 'injected',
        skewClock: 'injected',
        hideNewFor: 'injected',
        truncateNextListing: 'injected',
      },
    },
    patienceMs: 60_000,
    pollMs: 250,
    ruleTimeoutMs: 300_000,
    withheld: { passTime: 'OpenStack has no time-to-live' },
    setUp,
  };
}

async function setUp(): Promise<ConformanceTarget> {
  const yard = await startOpenstackYard({ withFront: true });
  const { front } = yard;
  if (front === undefined)
    throw new SpringtideError('internal', 'the yard was asked for a front and has none');
  const unused = await freePort();
  return {
    account: openstackAccount(yard, { pageSize: PAGE_SIZE }),
    region: yard.region,
    sample: {
      zone: yard.zones[0] ?? '',
      machineType: MACHINE_TYPE,
      image: yard.image,
      subnet: yard.network,
      purchaseOption: 'private',
      securityGroups: [],
    },
    unknownId: (n) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`,
    clock: systemClock,
    trueLagMs: 100,
    controls: { ...wireControls(front), ...cloudControls(yard, front, unused) },
    tearDown: async () => yard.stop(),
  };
}

function wireControls(front: Front): Partial<ConformanceControls> {
  return {
    loseNextAnswer: async (operation) => front.inject({ kind: 'lose-answer', operation, times: 1 }),
    delayNextAnswer: async (operation, ms) => front.inject({ kind: 'delay-answer', operation, times: 1, ms }),
    throttleNext: async (operation, times) => front.inject({ kind: 'answer', operation, times, ...BUSY }),
    breakNext: async (operation) => front.inject({ kind: 'answer', operation, times: 1, ...STRANGE }),
    // The wire cannot show a short list as a whole one: a full page is followed by its last id, link or not.
    truncateNextListing: async () => front.inject({ kind: 'cut-before', operation: 'list-more', times: 4 }),
    skewClock: async (ms) => {
      front.skewClock(ms);
      return async () => front.skewClock(0);
    },
    hideNewFor: async (ms) => {
      front.hideNewFor(ms);
      return async () => front.hideNewFor(0);
    },
  };
}

function cloudControls(yard: OpenstackYard, front: Front, unused: number): Partial<ConformanceControls> {
  const { admin } = yard;
  const foreign: string[] = [];
  const account = openstackAccount(yard);
  const leave = async (zone: string, machineType: string, machines: number) => {
    await admin.leaveRoom(zone, machineType, machines);
    return async () => admin.removeBallast();
  };
  return {
    sellOut: async (zone, machineType) => leave(zone, machineType, 0),
    limitStock: leave,
    exhaustQuota: async () => {
      await admin.leaveQuota(0);
      return async () => admin.leaveQuota(-1);
    },
    wrongCredentials: () => ({ ...account, secret: { password: 'not-the-password' } }),
    unreachable: () => openstackAccount(yard, { url: `http://127.0.0.1:${unused}/v3` }),
    deleteOutside: async (id) => admin.deleteServer(id),
    createForeign: async () => {
      const id = await admin.createAsPerson({
        name: `somebody-else-${randomUUID().slice(0, 8)}`,
        imageRef: yard.image,
        flavorRef: MACHINE_TYPE,
        networks: [{ uuid: yard.network }],
      });
      foreign.push(id);
      return id;
    },
    failNextBoot: async () => admin.makeUnschedulable(MACHINE_TYPE),
    listPageSize: () => PAGE_SIZE,
    expireSessions: async () => {
      for (const token of front.tokens()) await admin.revoke(token);
      await systemClock.sleep(TOKEN_MEMORY_MS);
    },
    attachSatellite: async (machineId) => {
      const server = await admin.server(machineId);
      return admin.attachPort(
        machineId,
        yard.network,
        server?.tags.filter((tag) => tag.includes(':intent:')) ?? [],
      );
    },
    reset: async () => {
      front.reset();
      await admin.makeSchedulable(MACHINE_TYPE);
      await admin.removeBallast();
      await admin.leaveQuota(-1);
      for (const id of foreign.splice(0)) await admin.deleteServer(id);
    },
  };
}
