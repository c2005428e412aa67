import { askVsphereOracle, createOutside } from '../../../test/yard/vsphere/oracle.js';
import type { VsphereYard } from '../../../test/yard/vsphere/vsphere-yard.js';
import {
  PRIVATE_GONE,
  PRIVATE_TYPE,
  rateCard,
  type DemoCurrency,
  type PrivateCloud,
} from './private-cloud.port.js';
import { screen } from './screen.js';
import type { Supervisor } from './supervisor.js';
import { keepYardProgram } from './yard-program.js';

/** Room for the standing fleets, the yard's own machines and four more: what the company has left. */
const HOST_MEMORY_MIB = 22_528;

export async function startVspherePrivateCloud(
  supervisor: Supervisor,
  logFolder: string,
  currency: DemoCurrency,
): Promise<PrivateCloud> {
  const yard = await keepYardProgram<Omit<VsphereYard, 'stop'>>(
    supervisor,
    {
      name: 'vsphere',
      place: 'test/yard/vsphere',
      entry: 'vsphere-yard.main',
      args: ['--clusters', '1', '--hosts', '1', '--host-memory-mib', String(HOST_MEMORY_MIB)],
      logFolder,
    },
    { irreplaceable: PRIVATE_GONE },
  );
  screen.say(`The private cloud answers at ${yard.url} (vSphere, SOAP).`);
  const { url, user, password, caPem } = yard;
  return {
    engine: 'VMware vSphere: govmomi’s simulator, over SOAP',
    endpoints: [url],
    image: 'yard-template',
    account: {
      provider: 'vsphere',
      settings: { url, user, caPem, currency, machineTypes: [rateCard(currency)] },
      secret: { password },
    },
    watched: { kind: 'vsphere', name: 'vsphere', url, user, password, caPem },
    asked: 'pyvmomi',
    makeByHand: async (name) => {
      await createOutside(yard, name, PRIVATE_TYPE.name);
    },
    machines: async () =>
      (await askVsphereOracle(yard))
        .filter((machine) => !machine.template)
        .map(({ name, address, marks, instanceUuid }) => {
          return { name, address, ours: Object.keys(marks).length > 0, identity: instanceUuid };
        }),
  };
}
