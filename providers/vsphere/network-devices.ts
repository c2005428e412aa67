import { SpringtideError, type Instant } from '@springtide/kernel';
import type { MachineRecord } from './machine-record.js';
import type { Vsphere } from './machine-search.js';
import { readNetworks } from './networks.js';
import type { Datacenter } from './site-map.js';
import { reference } from './soap/soap-connection.js';
import { childrenOf, declaredType, textOf, type XmlElement } from './soap/xml-reader.js';
import { element, typed, type XmlFragment } from './soap/xml-writer.js';
import {
  propertyReference,
  propertyText,
  readObjects,
  type ObjectContent,
} from './vim/property-collector.js';

export const ETHERNET = /^Virtual(E1000e?|PCNet32|Vmxnet[23]?|SriovEthernetCard)$/;

/** Puts the template's first network card into another network; nothing where the batch names none. */
export async function networkChange(
  vsphere: Vsphere,
  datacenter: Datacenter,
  template: MachineRecord,
  subnet: string | undefined,
  deadline: Instant,
): Promise<readonly XmlFragment[]> {
  if (subnet === undefined) return [];
  const networks = await readNetworks(vsphere, datacenter, deadline);
  const network = networks.find((each) => each.object.id === subnet || propertyText(each, 'name') === subnet);
  if (network === undefined) throw refused(`the datacenter ${datacenter.name} has no network "${subnet}"`);
  const card = await firstCard(vsphere, template, deadline);
  const device = typed('device', declaredType(card) ?? '', [
    element('key', textOf(card, 'key')),
    await backing(vsphere, network, deadline),
  ]);
  return [element('deviceChange', [element('operation', 'edit'), device])];
}

async function firstCard(vsphere: Vsphere, template: MachineRecord, deadline: Instant): Promise<XmlElement> {
  const wish = { VirtualMachine: ['config.hardware.device'] };
  const [content] = await readObjects(vsphere.session, [template.ref], wish, deadline);
  const devices = childrenOf(content?.properties.get('config.hardware.device'), 'VirtualDevice');
  const card = devices.find((device) => ETHERNET.test(declaredType(device) ?? ''));
  if (card === undefined) throw refused(`the template ${template.name} has no network card`);
  return card;
}

async function backing(vsphere: Vsphere, network: ObjectContent, deadline: Instant): Promise<XmlFragment> {
  const { object } = network;
  if (object.type !== 'DistributedVirtualPortgroup') {
    return typed('backing', 'VirtualEthernetCardNetworkBackingInfo', [
      element('deviceName', propertyText(network, 'name')),
      reference('network', object),
    ]);
  }
  const wish = {
    DistributedVirtualPortgroup: ['key', 'config.distributedVirtualSwitch'],
    DistributedVirtualSwitch: ['uuid'],
  };
  const [group] = await readObjects(vsphere.session, [object], wish, deadline);
  const owner = group === undefined ? undefined : propertyReference(group, 'config.distributedVirtualSwitch');
  const [netSwitch] = await readObjects(vsphere.session, owner === undefined ? [] : [owner], wish, deadline);
  if (group === undefined || netSwitch === undefined)
    throw refused(`the network ${object.id} cannot be read`);
  return typed('backing', 'VirtualEthernetCardDistributedVirtualPortBackingInfo', [
    element('port', [
      element('switchUuid', propertyText(netSwitch, 'uuid')),
      element('portgroupKey', propertyText(group, 'key')),
    ]),
  ]);
}

function refused(message: string): SpringtideError {
  return new SpringtideError('invalid-argument', `${message}; nothing was created`);
}
