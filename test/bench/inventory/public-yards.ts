import { openAlibaba, openAws, openTencent } from '../yards/public-clouds.js';
import { clientOf, type YardCloud } from '../yards/yard-cloud.js';
import { fill, type BenchAdapter, type BenchCloud } from './bench-cloud.js';

/** No limit of calls that would be measured instead. */
export const alibabaAdapter: BenchAdapter = {
  machines: 20_000,
  open: async (machines) => filled(await openAlibaba(), machines),
};

export const tencentAdapter: BenchAdapter = {
  machines: 20_000,
  open: async (machines, folder) => filled(await openTencent(folder, { rates: { '*': null } }), machines),
};

export const awsAdapter: BenchAdapter = {
  machines: 5_000,
  open: async (machines) => filled(await openAws(), machines),
};

async function filled(cloud: YardCloud, machines: number): Promise<BenchCloud> {
  const client = await clientOf(cloud);
  const sample = await fill(client, machines, cloud.samples);
  return {
    client,
    region: cloud.region,
    sample,
    reached: cloud,
    close: async () => {
      await client.close();
      await cloud.stop();
    },
  };
}
