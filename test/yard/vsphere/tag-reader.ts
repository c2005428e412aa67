import { Agent, request } from 'undici';
import type { VsphereYard } from './vsphere-yard.js';

type Endpoint = Pick<VsphereYard, 'url' | 'user' | 'password' | 'caPem'>;

/** By the name of each tag, the ids of the objects that carry it: read from vSphere's REST interface, not by our client. */
export async function readTags(yard: Endpoint): Promise<ReadonlyMap<string, readonly string[]>> {
  const dispatcher = new Agent({ connect: { ca: yard.caPem } });
  const root = `${new URL(yard.url).origin}/rest/com/vmware/cis`;
  const basic = Buffer.from(`${yard.user}:${yard.password}`).toString('base64');
  let headers: Record<string, string> = { authorization: `Basic ${basic}` };
  const ask = async (method: 'GET' | 'POST', path: string): Promise<unknown> => {
    const options = { method, headers, dispatcher, ...(method === 'POST' ? { body: '{}' } : {}) };
    const { statusCode, body } = await request(`${root}${path}`, options);
    expect([path, statusCode]).toEqual([path, 200]);
    return ((await body.json()) as { value?: unknown }).value;
  };
  try {
    headers = { 'vmware-api-session-id': String(await ask('POST', '/session')) };
    const found = new Map<string, readonly string[]>();
    for (const id of ((await ask('GET', '/tagging/tag')) ?? []) as readonly string[]) {
      const { name } = (await ask('GET', `/tagging/tag/id:${id}`)) as { name: string };
      const path = `/tagging/tag-association/id:${id}?~action=list-attached-objects`;
      const objects = ((await ask('POST', path)) ?? []) as readonly { id: string }[];
      found.set(
        name,
        objects.map((object) => object.id),
      );
    }
    return found;
  } finally {
    await dispatcher.close();
  }
}
