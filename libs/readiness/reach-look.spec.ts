import { createServer, type AddressInfo, type Server } from 'node:net';
import { createEndpointGate } from '@springtide/platform';
import { lookAtReach } from './reach-look.js';

async function listening(): Promise<Readonly<{ server: Server; port: number; heard: string[] }>> {
  const heard: string[] = [];
  const server = createServer((socket) => {
    heard.push('somebody came');
    socket.on('data', (data) => heard.push(String(data)));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((ready) => {
    server.listen(0, '127.0.0.1', ready);
  });
  return { server, port: (server.address() as AddressInfo).port, heard };
}

const closed = async (server: Server): Promise<void> =>
  await new Promise((done) => {
    server.close(() => done());
  });

const gateTo = (port: number) =>
  createEndpointGate({ openHostPorts: [`127.0.0.1:${port}`], privateRanges: [] });

describe('a look at what a service calls', () => {
  it('connects and says nothing, and is told when nobody is there any more', async () => {
    const { server, port, heard } = await listening();
    const reach = { name: 'orders-db', host: '127.0.0.1', port };
    const came = new Promise<void>((done) => {
      server.once('connection', (socket) => socket.once('close', () => done()));
    });
    await lookAtReach(gateTo(port), reach);
    await came;
    expect(heard).toEqual(['somebody came']);
    await closed(server);
    await expect(lookAtReach(gateTo(port), reach)).rejects.toMatchObject({
      ...{ code: 'unavailable', effect: 'none', message: 'ECONNREFUSED' },
    });
  });

  it('dials nothing that the gate does not allow', async () => {
    const { server, port, heard } = await listening();
    const nothingIsOpen = createEndpointGate({ openHostPorts: [], privateRanges: [] });
    for (const host of ['127.0.0.1', 'localhost', '169.254.169.254', '10.0.0.9']) {
      await expect(lookAtReach(nothingIsOpen, { name: 'x', host, port })).rejects.toMatchObject({
        code: 'permission-denied',
      });
    }
    expect(heard).toEqual([]);
    await closed(server);
  });
});
