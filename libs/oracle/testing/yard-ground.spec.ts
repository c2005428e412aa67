import { systemClock } from '@springtide/platform';
import { examplePublicCloud } from '../../../providers/simulated/index.js';
import { startAlibabaYard } from '../../../test/yard/alibaba/alibaba-yard.js';
import { simulatedSource, yardSource } from '../../../test/yard/machines/machine-source.js';
import { startSimulatedYard } from '../../../test/yard/simulated/simulated-yard.js';
import { simulatedListing } from './simulated-ground.js';
import { yardListing } from './yard-ground.js';

const ACCOUNT = 'account';
const MARKS = { installation: 'x', tenant: 't', intent: 'i', token: 'k' };

describe('ground truth past the providers', () => {
  it('is the same over HTTP as in the process', async () => {
    const yard = await startSimulatedYard({
      clouds: { shop: examplePublicCloud({ behaviour: { bootMs: 0 } }) },
    });
    const cloud = yard.cloud('shop');
    if (cloud === undefined) throw new Error('no cloud');
    const labels = Object.fromEntries(
      Object.entries(MARKS).map(([name, value]) => [`springtide/${name}`, value]),
    );
    cloud.administer({ action: 'create-foreign', labels });
    cloud.administer({ action: 'create-foreign' });
    const near = simulatedListing(cloud, ACCOUNT, systemClock);
    const far = await yardListing(simulatedSource('shop', `${yard.url}/machines`), ACCOUNT, systemClock);
    await yard.close();
    expect(near.machines.map(({ marks }) => marks)).toEqual([{ ...MARKS, campaign: null }, null]);
    expect(far.machines).toEqual(near.machines.map((machine) => ({ ...machine, createdAt: null })));
  });

  it('reads the admin view of a yard cloud, and says when it does not answer', async () => {
    const yard = await startAlibabaYard();
    const source = yardSource('alibaba', yard.endpoint);
    expect(await yardListing(source, ACCOUNT, systemClock)).toMatchObject({ incomplete: null, machines: [] });
    await yard.stop();
    expect((await yardListing(source, ACCOUNT, systemClock)).incomplete).toMatch(/^alibaba: /);
  });
});
