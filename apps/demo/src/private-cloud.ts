import { openstackYardAvailable } from '../../../test/yard/openstack/openstack-yard.js';
import { packagesPresent } from '../../../test/yard/openstack/yard-image.js';
import { vsphereYardAvailable } from '../../../test/yard/vsphere/vsphere-yard.js';
import type { DemoOptions } from './options.js';
import type { DemoCurrency, PrivateCloud } from './private-cloud.port.js';
import { startOpenstackPrivateCloud } from './private-openstack.js';
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
  if (wanted === 'openstack') return await startOpenstack(supervisor, folder, currency);
  const vsphere = await vsphereYardAvailable((message) => screen.say(`  vsphere: ${message}`));
  if (vsphere.available) return await startVspherePrivateCloud(supervisor, folder, currency);
  if (wanted === 'vsphere') throw new Error(`vSphere cannot be had on this machine: ${vsphere.reason}`);
  if ((await packagesPresent()).available) {
    screen.warn(`No vSphere here (${vsphere.reason}). OpenStack stands in for it.`);
    return await startOpenstack(supervisor, folder, currency);
  }
  screen.warn(`No vSphere here (${vsphere.reason}). The simulated private cloud stands in for it.`);
  return await startSimulatedPrivateCloud(
    supervisor,
    folder,
    currency,
    'vSphere’s simulator cannot be built here',
  );
}

async function startOpenstack(
  supervisor: Supervisor,
  folder: string,
  currency: DemoCurrency,
): Promise<PrivateCloud> {
  const openstack = await openstackYardAvailable((message) => screen.say(`  openstack: ${message}`));
  if (openstack.available) return await startOpenstackPrivateCloud(supervisor, folder, currency);
  throw new Error(`OpenStack cannot be had on this machine: ${openstack.reason}`);
}
