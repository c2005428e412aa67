import { createHash } from 'node:crypto';

/** Namespace of Springtide's machines in vSphere; changing it would orphan every machine that runs. */
const NAMESPACE = '6f0d2c0e-7c3b-5b0e-9a55-0a3d5c1e7f42';

/** UUID version 5 of the launch token and the machine's place in its batch: the same request names the same machine. */
export function instanceUuid(token: string, index: number): string {
  const digest = createHash('sha1')
    .update(Buffer.from(NAMESPACE.replaceAll('-', ''), 'hex'))
    .update(`${token}/${index}`)
    .digest()
    .subarray(0, 16);
  digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x50, 6);
  digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = digest.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
