import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import type { CloudClient } from '@springtide/provider-kit';
import { clientOf, type YardCloud } from '../yards/yard-cloud.js';

type Reached = Pick<YardCloud, 'manifest' | 'account' | 'hostPorts'>;
type Distant = Readonly<{ client: CloudClient; close(): Promise<void> }>;

/** The same account of the same cloud, from so far away that every answer comes `callMs` later. */
export async function fromAfar({ manifest, account, hostPorts }: Reached, callMs: number): Promise<Distant> {
  const lines = await Promise.all(hostPorts.map(async (to) => ({ to, line: await longLine(to, callMs) })));
  let settings = JSON.stringify(account.settings);
  for (const { to, line } of lines) settings = settings.replaceAll(to, line.hostPort);
  const client = await clientOf({
    manifest,
    account: { settings: JSON.parse(settings) as unknown, secret: account.secret },
    hostPorts: lines.map(({ line }) => line.hostPort),
  });
  const close = async (): Promise<void> => {
    await client.close();
    for (const { line } of lines) line.close();
  };
  return { client, close };
}

/** Passes bytes on: towards the cloud at once, back only after the delay, in order. */
async function longLine(to: string, delayMs: number): Promise<Readonly<{ hostPort: string; close(): void }>> {
  const { hostname, port } = new URL(`http://${to}`);
  const open = new Set<Socket>();
  const server: Server = createServer({ noDelay: true }, (near) => {
    const far = connect({ host: hostname, port: Number(port), noDelay: true });
    for (const socket of [near, far]) {
      open.add(socket);
      // A broken line is the client's to notice, as on any network.
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        open.delete(socket);
        (socket === near ? far : near).destroy();
      });
    }
    near.pipe(far);
    far.on('data', (bytes) => setTimeout(() => near.writable && near.write(bytes), delayMs));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port: own } = server.address() as AddressInfo;
  const close = (): void => {
    server.close();
    for (const socket of open) socket.destroy();
  };
  return { hostPort: `127.0.0.1:${own}`, close };
}
