import type { Instance } from 'tencentcloud-sdk-nodejs/tencentcloud/services/cvm/v20170312/cvm_models.js';
import { eachOrSeparately } from '@springtide/provider-kit';
import { tencentCodeOf } from './error-map.js';
import type { TencentApi, TencentScope } from './tencent-api.js';

const MOST_IDS = 100;
/** How CVM writes an id, also inside its errors. */
export const INSTANCE_ID = /ins-[0-9a-z]+/g;

/** At most 100 ids. Those that the cloud does not know are not in the answer, whichever way it says so. */
export async function readByIds(
  api: TencentApi,
  at: TencentScope,
  ids: readonly string[],
): Promise<readonly Instance[]> {
  const instances = new Map<string, Instance>();
  await eachOrSeparately(ids, {
    send: async (some) => {
      for (const instance of await readSome(api, at, some))
        instances.set(instance.InstanceId ?? '', instance);
    },
    separates: (error) => tencentCodeOf(error).startsWith('InvalidInstanceId.'),
    idPattern: INSTANCE_ID,
    settle: () => undefined,
  });
  return [...instances.values()];
}

async function readSome(
  api: TencentApi,
  at: TencentScope,
  ids: readonly string[],
): Promise<readonly Instance[]> {
  const instances: Instance[] = [];
  for (let total = 1; instances.length < total;) {
    const answer = await api.call('cvm', 'DescribeInstances', at, {
      InstanceIds: [...ids],
      Offset: instances.length,
      Limit: MOST_IDS,
    });
    const rows = answer.InstanceSet ?? [];
    if (rows.length === 0) break;
    instances.push(...rows);
    total = answer.TotalCount ?? 0;
  }
  return instances;
}
