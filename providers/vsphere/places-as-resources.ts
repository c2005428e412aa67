import type { Relation, Resource } from '@springtide/provider-kit';
import { DATASTORE_PROPERTIES } from './datastore-record.js';
import { readReference } from './soap/soap-connection.js';
import { childOf, childrenOf, textOf } from './soap/xml-reader.js';
import { propertyReference, propertyText, type ObjectContent } from './vim/property-collector.js';

/** What stands below the machines: hosts, clusters, datastores. Each with the properties that it is read from. */

export const HOST_PROPERTIES = {
  HostSystem: [
    'name',
    'parent',
    'runtime.connectionState',
    'runtime.inMaintenanceMode',
    'runtime.powerState',
    'summary.hardware',
    'summary.config.product.fullName',
    'summary.quickStats.overallCpuUsage',
    'summary.quickStats.overallMemoryUsage',
    'vm',
  ],
} as const;

export function hostAsResource(host: ObjectContent, region: string): Resource {
  const cluster = propertyReference(host, 'parent');
  const hardware = host.properties.get('summary.hardware');
  const maintenance = propertyText(host, 'runtime.inMaintenanceMode') === 'true';
  const state = maintenance ? 'maintenance' : propertyText(host, 'runtime.connectionState');
  return {
    kind: 'host',
    id: host.object.id,
    name: propertyText(host, 'name') ?? host.object.id,
    region,
    ...(state === undefined ? {} : { state: state.toLowerCase() }),
    facts: known({
      maintenance,
      power: propertyText(host, 'runtime.powerState'),
      vendor: textOf(hardware, 'vendor'),
      model: textOf(hardware, 'model'),
      cpuModel: textOf(hardware, 'cpuModel'),
      cores: numberOf(textOf(hardware, 'numCpuCores')),
      memoryMib: mib(textOf(hardware, 'memorySize')),
      usedCpuMhz: numberOf(propertyText(host, 'summary.quickStats.overallCpuUsage')),
      usedMemoryMib: numberOf(propertyText(host, 'summary.quickStats.overallMemoryUsage')),
      product: propertyText(host, 'summary.config.product.fullName'),
      machines: childrenOf(host.properties.get('vm'), 'ManagedObjectReference').length,
    }),
    labels: {},
    relations: cluster === undefined ? [] : [{ kind: 'part-of', to: 'cluster', id: cluster.id }],
  };
}

export const CLUSTER_PROPERTIES = {
  ComputeResource: [
    'name',
    'overallStatus',
    'summary.numHosts',
    'summary.numEffectiveHosts',
    'summary.numCpuCores',
    'summary.totalMemory',
    'summary.effectiveMemory',
    'configurationEx',
  ],
} as const;

/** A lone host's compute resource is a cluster of one: machines are placed there in the same way. */
export function clusterAsResource(cluster: ObjectContent, region: string): Resource {
  const configuration = cluster.properties.get('configurationEx');
  const state = propertyText(cluster, 'overallStatus');
  const name = propertyText(cluster, 'name') ?? cluster.object.id;
  return {
    kind: 'cluster',
    id: cluster.object.id,
    name,
    region,
    zone: name,
    ...(state === undefined ? {} : { state: state.toLowerCase() }),
    facts: known({
      hosts: numberOf(propertyText(cluster, 'summary.numHosts')),
      usableHosts: numberOf(propertyText(cluster, 'summary.numEffectiveHosts')),
      cores: numberOf(propertyText(cluster, 'summary.numCpuCores')),
      memoryMib: mib(propertyText(cluster, 'summary.totalMemory')),
      usableMemoryMib: numberOf(propertyText(cluster, 'summary.effectiveMemory')),
      highlyAvailable: flagOf(textOf(configuration, 'dasConfig', 'enabled')),
      distributesByItself: flagOf(textOf(configuration, 'drsConfig', 'enabled')),
    }),
    labels: {},
    relations: [],
  };
}

export const VOLUME_PROPERTIES = { Datastore: DATASTORE_PROPERTIES } as const;

/** A datastore, and the hosts that mount it. */
export function datastoreAsResource(datastore: ObjectContent, region: string): Resource {
  const summary = datastore.properties.get('summary');
  const accessible = textOf(summary, 'accessible') !== 'false';
  const state = accessible ? (textOf(summary, 'maintenanceMode') ?? 'normal') : 'inaccessible';
  const mounts = childrenOf(datastore.properties.get('host'), 'DatastoreHostMount');
  return {
    kind: 'volume',
    id: datastore.object.id,
    name: propertyText(datastore, 'name') ?? datastore.object.id,
    region,
    state: state.toLowerCase(),
    facts: known({
      type: textOf(summary, 'type'),
      sizeGib: gib(textOf(summary, 'capacity')),
      freeGib: gib(textOf(summary, 'freeSpace')),
      shared: flagOf(textOf(summary, 'multipleHostAccess')),
    }),
    labels: {},
    relations: mounts
      .flatMap((mount) => readReference(childOf(mount, 'key')) ?? [])
      .map((host): Relation => ({ kind: 'attached-to', to: 'host', id: host.id })),
  };
}

/** Only the facts that vSphere tells. */
export function known(
  facts: Readonly<Record<string, string | number | boolean | undefined>>,
): Resource['facts'] {
  const told = Object.entries(facts).filter(([, value]) => value !== undefined && value !== '');
  return Object.fromEntries(told) as Resource['facts'];
}

export function numberOf(text: string | undefined): number | undefined {
  return text === undefined || text === '' ? undefined : Number(text);
}

export function flagOf(text: string | undefined): boolean | undefined {
  return text === undefined ? undefined : text === 'true';
}

function mib(bytes: string | undefined): number | undefined {
  return bytes === undefined ? undefined : Math.floor(Number(bytes) / 2 ** 20);
}

/** To a tenth: free space of a busy datastore changes with every look. */
export function gib(bytes: string | undefined): number | undefined {
  return bytes === undefined ? undefined : Math.floor((Number(bytes) / 2 ** 30) * 10) / 10;
}
