import type { OverlaidState } from './cloud-book.js';
import { XmlElement } from './xml-element.js';

const GONE_WITH_THE_MACHINE = [
  'privateIpAddress',
  'privateDnsName',
  'ipAddress',
  'dnsName',
  'subnetId',
  'vpcId',
  'networkInterfaceSet',
];

export function withState(instance: XmlElement, state: OverlaidState): XmlElement {
  const code = XmlElement.leaf('code', String(state.code));
  instance.put(new XmlElement('instanceState', {}, [code, XmlElement.leaf('name', state.name)]));
  return instance;
}

/** What a spot machine shows that the cloud took back. */
export function withReclaimReason(instance: XmlElement): void {
  const code = 'Server.SpotInstanceTermination';
  instance.put(
    new XmlElement('stateReason', {}, [
      XmlElement.leaf('code', code),
      XmlElement.leaf('message', `${code}: Instance terminated by the Spot service`),
    ]),
  );
}

/** A terminated machine keeps its row for a while, without addresses. */
export function terminatedShape(instance: XmlElement): XmlElement {
  for (const name of GONE_WITH_THE_MACHINE) instance.remove(name);
  return instance;
}

/** One machine for the admin door. */
export type YardMachine = Readonly<{
  id: string;
  machineType: string;
  zone: string;
  state: string;
  /** Empty for a machine that has ended. */
  privateIp: string;
  launchedAt: string;
  tags: Readonly<Record<string, string>>;
}>;

export function toYardMachine(instance: XmlElement): YardMachine {
  return {
    id: instance.textAt('instanceId'),
    machineType: instance.textAt('instanceType'),
    zone: instance.textAt('placement', 'availabilityZone'),
    state: instance.textAt('instanceState', 'name'),
    privateIp: instance.textAt('privateIpAddress'),
    launchedAt: instance.textAt('launchTime'),
    tags: Object.fromEntries(instance.list('tagSet').map((tag) => [tag.textAt('key'), tag.textAt('value')])),
  };
}

export function interfacesOf(instance: XmlElement): string[] {
  return instance.list('networkInterfaceSet').map((item) => item.textAt('networkInterfaceId'));
}
