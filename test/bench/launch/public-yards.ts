import { setTimeout as wait } from 'node:timers/promises';
import { MINUTE, SECOND } from '@springtide/kernel';
import { AlibabaYardAdmin } from '../../yard/alibaba/alibaba-yard-admin.js';
import { AwsYardAdmin } from '../../yard/aws/aws-yard-admin.js';
import { TencentYardAdmin } from '../../yard/tencent/tencent-yard-admin.js';
import { openAlibaba, openAws, openTencent } from '../yards/public-clouds.js';
import type { LaunchCalls, LaunchYard } from './launch-yard.js';

const ACTION = 'RunInstances';
const MACHINES = 1_000;
const LANES = 10;
/** More than any run sends. */
const MANY_CALLS = 2_000;

/** As the manifest declares it; Alibaba Cloud publishes no number for all accounts. */
const ALIBABA_PER_MINUTE = 100;
/** cloud.tencent.com/document/product/1278/109059 */
const TENCENT_PER_SECOND = 10;
/** docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html */
const AWS_CALLS = { burst: 5, perSecond: 2 };

export async function alibabaYard(): Promise<LaunchYard> {
  const cloud = await openAlibaba();
  const admin = new AlibabaYardAdmin(cloud.access.endpoint);
  const name = `ecs:${ACTION}`;
  return {
    cloud,
    machines: MACHINES,
    batch: 7,
    lanes: LANES,
    rates: cloud.manifest.rates,
    begin: async (ready) => {
      await wait(MINUTE - 3 * SECOND - (Date.now() % MINUTE));
      await ready();
      await wait(MINUTE + SECOND - (Date.now() % MINUTE));
    },
    reset: async (callMs) => {
      await admin.reset();
      await admin.addFaults({ operation: name, kind: 'delay', times: MANY_CALLS, delayMs: callMs });
    },
    launchCalls: async () => counted(await admin.calls(), ({ status }) => status !== 200),
    throttle: async (share) => {
      const perMinute = share === undefined ? {} : { [name]: Math.floor(ALIBABA_PER_MINUTE * share) };
      await admin.change({ ratesPerMinute: perMinute });
    },
  };
}

export async function tencentYard(folder: string): Promise<LaunchYard> {
  const cloud = await openTencent(folder);
  const admin = new TencentYardAdmin(cloud.access.endpoint);
  return {
    cloud,
    machines: MACHINES,
    batch: 5,
    lanes: LANES,
    rates: cloud.manifest.rates,
    begin: async (ready) => {
      await ready();
      await wait(2 * SECOND);
    },
    reset: async (callMs) => {
      await admin.reset();
      await admin.addFault({ action: ACTION, kind: 'delay', times: MANY_CALLS, delayMs: callMs });
    },
    launchCalls: async () => counted(await admin.calls(), ({ outcome }) => outcome !== 'ok'),
    throttle: async (share) => {
      const perSecond = share === undefined ? null : TENCENT_PER_SECOND * share;
      await admin.change({ rates: { [ACTION]: perSecond } });
    },
  };
}

export async function awsYard(): Promise<LaunchYard> {
  const cloud = await openAws();
  const admin = new AwsYardAdmin(cloud.access.endpoint);
  return {
    cloud,
    machines: MACHINES,
    batch: 10,
    lanes: LANES,
    rates: cloud.manifest.rates,
    begin: async (ready) => {
      await ready();
      await wait(2 * SECOND);
    },
    reset: async (callMs) => {
      await admin.reset();
      await admin.addFault({ operation: ACTION, kind: 'delay', times: MANY_CALLS, delayMs: callMs });
    },
    launchCalls: async () => counted(await admin.calls(), ({ status }) => status !== 200),
    throttle: async (share) => {
      if (share === undefined) return void (await admin.change({ rates: {} }));
      const burst = Math.floor(AWS_CALLS.burst * share);
      await admin.change({ rates: { [ACTION]: { burst, perSecond: AWS_CALLS.perSecond * share } } });
    },
  };
}

function counted<T extends Readonly<{ action: string }>>(
  calls: readonly T[],
  isRefused: (call: T) => boolean,
): LaunchCalls {
  const launches = calls.filter(({ action }) => action === ACTION);
  return { sent: launches.length, refused: launches.filter(isRefused).length };
}
