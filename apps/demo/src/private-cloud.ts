import { vsphereYardAvailable } from '../../../test/yard/vsphere/vsphere-yard.js';
import type { DemoOptions } from './options.js';
import type { DemoCurrency, PrivateCloud } from './private-cloud.port.js';
import { screen } from './screen.js';
import { startSimulatedPrivateCloud } from './private-simulated.js';
import { startVspherePrivateCloud } from './private-vsphere.js';
import type { Supervisor } from './supervisor.js';

/** vSphere where it can be had, else the simulated private cloud, which says so. */
export async function startPrivateCloud(
  supervisor: Supervisor,
  folder: string,
  wanted: DemoOptions['privateCloud'],
  currency: DemoCurrency,
): Promise<PrivateCloud> {
  if (wanted === 'simulated')
    return await startSimulatedPrivateCloud(supervisor, folder, currency, 'as asked for');
  const vsphere = await vsphereYardAvailable((message) => screen.say(`  vsphere: ${message}`));
  if (vsphere.available) return await startVspherePrivateCloud(supervisor, folder, currency);
  if (wanted === 'vsphere') throw new Error(`vSphere cannot be had on this machine: ${vsphere.reason}`);
  screen.warn(`No vSphere here (${vsphere.reason}). The simulated private cloud stands in for it.`);
  return await startSimulatedPrivateCloud(
    supervisor,
    folder,
    currency,
    'vSphere’s simulator cannot be built here',
  );
}
