import { CloudGround, type Entrance, type GroundAccount } from '@springtide/oracle';
import { silentLogger, systemClock } from '@springtide/platform';
import { connectAccount, type CloudClient } from '@springtide/provider-kit';
import { loopbackGate } from '@springtide/provider-kit/conformance';
import { providers } from '@springtide/providers';
import type { TrafficYard } from '../yard/traffic/traffic-yard.js';

/** How the proxy itself has its entrances: asked for through a session of the oracle's own. */
export function proxyEntrances(
  proxy: TrafficYard,
  place: Pick<GroundAccount, 'tenantId' | 'accountId'>,
): () => Promise<readonly Entrance[]> {
  let session: Promise<CloudClient> | undefined;
  const open = async () => {
    session ??= connect(proxy, place.accountId);
    return await session;
  };
  const ground = new CloudGround({ open }, 'e2e', systemClock);
  return async () => await ground.entrances({ ...place, regions: [] });
}

async function connect(proxy: TrafficYard, account: string): Promise<CloudClient> {
  const load = Object.entries(providers).find(([id]) => id === proxy.providerId)?.[1];
  if (load === undefined) throw new Error(`there is no provider ${proxy.providerId}`);
  const { manifest } = await load();
  const context = { account, clock: systemClock, gate: loopbackGate(), log: silentLogger };
  return await connectAccount(manifest, proxy.settings, {}, context);
}
