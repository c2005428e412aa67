import { askOpenstackOracle, openstack } from '../../../test/yard/openstack/oracle.js';
import type { OpenstackYard } from '../../../test/yard/openstack/openstack-yard.js';
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

/** Room for the two standing fleets of three and for four machines more: what the company has left. */
const PLACES = 10;
const OUR_MARK = 'springtide.';

type YardFacts = Omit<OpenstackYard, 'stop' | 'admin' | 'front'>;

export async function startOpenstackPrivateCloud(
  supervisor: Supervisor,
  logFolder: string,
  currency: DemoCurrency,
): Promise<PrivateCloud> {
  const { name, vcpu, memoryMiB } = PRIVATE_TYPE;
  const yard = await keepYardProgram<YardFacts>(
    supervisor,
    {
      name: 'openstack',
      place: 'test/yard/openstack',
      entry: 'openstack-yard.main',
      args: ['--flavor', `${name}:${vcpu}:${memoryMiB}`, '--vcpu-quota', String(PLACES * vcpu)],
      logFolder,
    },
    { irreplaceable: PRIVATE_GONE },
  );
  const { url, user, password, project, network } = yard;
  screen.say(`The private cloud answers at ${url} (OpenStack).`);
  const { pricePerHour } = rateCard(currency);
  return {
    engine:
      'OpenStack: keystone, glance, placement, nova and neutron themselves, on a hypervisor that only pretends',
    endpoints: yard.endpoints,
    account: {
      provider: 'openstack',
      settings: { url, user, project, currency, network, rateCard: [{ machineType: name, pricePerHour }] },
      secret: { password },
    },
    image: yard.image,
    watched: { kind: 'openstack', name: 'openstack', url, user, password, project },
    asked: 'the openstack command',
    makeByHand: async (server) => {
      const order = ['--flavor', name, '--image', yard.image, '--network', network];
      await openstack(yard, ['server', 'create', ...order, '--wait', server]);
    },
    machines: async () =>
      (await askOpenstackOracle(yard)).map((server) => ({
        name: server.name,
        address: server.addresses[0] ?? null,
        ours: Object.keys(server.properties).some((key) => key.startsWith(OUR_MARK)),
        identity: server.id,
      })),
  };
}
