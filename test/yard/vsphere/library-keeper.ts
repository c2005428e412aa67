import { Agent, request, type Dispatcher } from 'undici';
import type { VsphereYard } from './vsphere-yard.js';

type Endpoint = Pick<VsphereYard, 'url' | 'user' | 'password' | 'caPem'>;

/** A library item as vSphere's REST interface tells it. */
export type KeptItem = Readonly<{
  id: string;
  name: string;
  type: string;
  cached?: boolean;
  source_id?: string;
}>;

/** Keeps content libraries as a person in the vSphere client would: over the REST interface, not by our client. */
export class LibraryKeeper {
  readonly #dispatcher: Agent;
  readonly #origin: string;
  readonly #basic: string;
  #session: string | undefined;

  constructor({ url, user, password, caPem }: Endpoint) {
    this.#dispatcher = new Agent({ connect: { ca: caPem } });
    this.#origin = new URL(url).origin;
    this.#basic = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  }

  /** A library that others may subscribe to. */
  async publish(name: string, datastoreId: string): Promise<string> {
    const create_spec = {
      name,
      type: 'LOCAL',
      storage_backings: [{ type: 'DATASTORE', datastore_id: datastoreId }],
      publish_info: { published: true, authentication_method: 'NONE' },
    };
    return this.#text('/com/vmware/content/local-library', { create_spec });
  }

  /** A copy of a published library; `onDemand`: contents are fetched when they are needed. */
  async subscribe(name: string, publisher: string, datastoreId: string, onDemand: boolean): Promise<string> {
    const { publish_info: published } = (await this.#ask(
      'GET',
      `/com/vmware/content/library/id:${publisher}`,
    )) as {
      publish_info: { publish_url: string };
    };
    const create_spec = {
      name,
      type: 'SUBSCRIBED',
      storage_backings: [{ type: 'DATASTORE', datastore_id: datastoreId }],
      subscription_info: {
        authentication_method: 'NONE',
        on_demand: onDemand,
        automatic_sync_enabled: false,
        subscription_url: published.publish_url,
      },
    };
    return this.#text('/com/vmware/content/subscribed-library', { create_spec });
  }

  /** An OVF template with a disk of these bytes; with `item`, its next content. */
  async upload(library: string, name: string, disk: string, item?: string): Promise<string> {
    const create_spec = { library_id: library, name, type: 'ovf', description: '' };
    const id = item ?? (await this.#text('/com/vmware/content/library/item', { create_spec }));
    const session = await this.#text('/com/vmware/content/library/item/update-session', {
      create_spec: { library_item_id: id },
    });
    const bytes = diskOf(disk);
    await this.#put(session, 'disk-1.vmdk', bytes);
    await this.#put(session, `${name}.ovf`, ovfOf(name, bytes.length));
    await this.#ask(
      'POST',
      `/com/vmware/content/library/item/update-session/id:${session}?~action=complete`,
      {},
    );
    return id;
  }

  /** A machine taken into the library as a VM template; its copy goes into the folder. */
  async keepTemplate(
    library: string,
    name: string,
    machine: string,
    place: Readonly<Record<string, string>>,
  ) {
    return this.#text('/vcenter/vm-template/library-items', {
      spec: { name, library, source_vm: machine, placement: place },
    });
  }

  async syncLibrary(library: string): Promise<void> {
    await this.#ask('POST', `/com/vmware/content/subscribed-library/id:${library}?~action=sync`, {});
  }

  async items(library: string): Promise<readonly KeptItem[]> {
    const ids = (await this.#ask('GET', `/com/vmware/content/library/item?library_id=${library}`)) ?? [];
    return Promise.all(
      (ids as readonly string[]).map(
        async (id) => (await this.#ask('GET', `/com/vmware/content/library/item/id:${id}`)) as KeptItem,
      ),
    );
  }

  async removeItem(id: string): Promise<void> {
    await this.#ask('DELETE', `/com/vmware/content/library/item/id:${id}`);
  }

  async close(): Promise<void> {
    await this.#dispatcher.close();
  }

  async #put(session: string, name: string, content: string | Buffer): Promise<void> {
    const added = (await this.#ask(
      'POST',
      `/com/vmware/content/library/item/updatesession/file/id:${session}?~action=add`,
      { file_spec: { name, source_type: 'PUSH' } },
    )) as { upload_endpoint: { uri: string } };
    await this.#send('PUT', new URL(added.upload_endpoint.uri).pathname, content);
  }

  async #text(path: string, body: unknown): Promise<string> {
    return String(await this.#ask('POST', path, body));
  }

  async #ask(method: Dispatcher.HttpMethod, path: string, body?: unknown): Promise<unknown> {
    const text = await this.#send(
      method,
      `/rest${path}`,
      body === undefined ? undefined : JSON.stringify(body),
    );
    return text === '' ? undefined : (JSON.parse(text) as { value?: unknown }).value;
  }

  async #send(method: Dispatcher.HttpMethod, path: string, body?: string | Buffer): Promise<string> {
    this.#session ??= await this.#login();
    const headers = { 'vmware-api-session-id': this.#session, 'content-type': 'application/json' };
    const options = {
      method,
      headers,
      dispatcher: this.#dispatcher,
      ...(body === undefined ? {} : { body }),
    };
    const answer = await request(`${this.#origin}${path}`, options);
    const text = await answer.body.text();
    expect([path, answer.statusCode, text]).toEqual([path, 200, text]);
    return text;
  }

  async #login(): Promise<string> {
    const path = `${this.#origin}/rest/com/vmware/cis/session`;
    const headers = { authorization: this.#basic };
    const { body } = await request(path, { method: 'POST', headers, dispatcher: this.#dispatcher });
    return ((await body.json()) as { value: string }).value;
  }
}

const SECTOR = 512;
const SPARSE_MAGIC = 0x56_4d_44_4b;
/** Valid new lines, compressed grains, markers. */
const STREAM_OPTIMIZED = 0x3_00_01;

/** A virtual disk of 10 GiB as it is sent over networks: its header, its description, and then these words. */
function diskOf(words: string): Buffer {
  const header = Buffer.alloc(SECTOR);
  header.writeUInt32LE(SPARSE_MAGIC, 0);
  header.writeUInt32LE(3, 4);
  header.writeUInt32LE(STREAM_OPTIMIZED, 8);
  header.writeBigUInt64LE(BigInt((10 * 2 ** 30) / SECTOR), 12);
  const lines = [
    '# Disk DescriptorFile',
    'version=1',
    'createType="streamOptimized"',
    'RW 20971520 SPARSE "disk"',
  ];
  const description = Buffer.alloc(SECTOR);
  description.write(`${lines.join('\n')}\n`);
  return Buffer.concat([header, description, Buffer.from(words)]);
}

/** The least that vSphere takes as an OVF template: two CPUs, 2 GiB of memory, one disk of 10 GiB, one network card. */
function ovfOf(name: string, diskBytes: number): string {
  const item = (fields: Readonly<Record<string, string | number>>): string => {
    const lines = Object.entries(fields).map(([key, value]) => `<rasd:${key}>${value}</rasd:${key}>`);
    return `<Item>${lines.join('')}</Item>`;
  };
  return `<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData" xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData">
<References><File ovf:href="disk-1.vmdk" ovf:id="file1" ovf:size="${diskBytes}"/></References>
<DiskSection><Info>disks</Info><Disk ovf:capacity="10" ovf:capacityAllocationUnits="byte * 2^30" ovf:diskId="disk1" ovf:fileRef="file1" ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/></DiskSection>
<NetworkSection><Info>networks</Info><Network ovf:name="VM Network"/></NetworkSection>
<VirtualSystem ovf:id="${name}"><Info>a machine</Info><Name>${name}</Name>
<VirtualHardwareSection><Info>hardware</Info>
<System><vssd:ElementName>hardware</vssd:ElementName><vssd:InstanceID>0</vssd:InstanceID><vssd:VirtualSystemIdentifier>${name}</vssd:VirtualSystemIdentifier><vssd:VirtualSystemType>vmx-19</vssd:VirtualSystemType></System>
${item({ ElementName: 'cpus', InstanceID: 1, ResourceType: 3, VirtualQuantity: 2 })}
${item({ AllocationUnits: 'byte * 2^20', ElementName: 'memory', InstanceID: 2, ResourceType: 4, VirtualQuantity: 2048 })}
${item({ Address: 0, ElementName: 'SCSI controller', InstanceID: 3, ResourceSubType: 'VirtualSCSI', ResourceType: 6 })}
${item({ AddressOnParent: 0, ElementName: 'disk', HostResource: 'ovf:/disk/disk1', InstanceID: 4, Parent: 3, ResourceType: 17 })}
${item({ AddressOnParent: 7, AutomaticAllocation: 'true', Connection: 'VM Network', ElementName: 'card', InstanceID: 5, ResourceSubType: 'VmxNet3', ResourceType: 10 })}
</VirtualHardwareSection></VirtualSystem></Envelope>
`;
}
