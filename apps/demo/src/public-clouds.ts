import type { DemoOptions } from './options.js';
import type { DemoCurrency } from './private-cloud.port.js';
import { startAlibabaCloud } from './public-alibaba.js';
import { startAwsCloud } from './public-aws.js';
import type { PublicCloud } from './public-cloud.port.js';
import { startTencentCloud } from './public-tencent.js';
import type { Supervisor } from './supervisor.js';

type Start = (supervisor: Supervisor, folder: string) => Promise<PublicCloud>;

/** Clouds that burst together name their prices in one currency. */
const START: Readonly<Record<DemoOptions['publicClouds'], readonly Start[]>> = {
  'alibaba+tencent': [startAlibabaCloud, startTencentCloud],
  alibaba: [startAlibabaCloud],
  tencent: [startTencentCloud],
  aws: [startAwsCloud],
};

/** In which the clouds of a demo, and so its private rate card and its budget, name money. */
export function currencyOf(wanted: DemoOptions['publicClouds']): DemoCurrency {
  return wanted === 'aws' ? 'USD' : 'CNY';
}

export async function startPublicClouds(
  supervisor: Supervisor,
  folder: string,
  wanted: DemoOptions['publicClouds'],
): Promise<readonly PublicCloud[]> {
  return await Promise.all(START[wanted].map(async (start) => await start(supervisor, folder)));
}
