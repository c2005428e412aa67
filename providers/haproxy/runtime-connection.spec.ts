import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { RuntimeConnection } from './runtime-connection.js';

const PROMPT = '\n> ';

/** Plays HAProxy's side of the conversation, word by word as the test says. */
class ScriptedProxy {
  readonly heard: string[] = [];
  readonly #server: Server;
  readonly #sockets: Socket[] = [];
  answer: (command: string, socket: Socket) => void = (_command, socket) => socket.write(PROMPT);

  constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.push(socket);
      socket.on('error', () => undefined);
      socket.on('data', (data) => {
        const command = data.toString().trim();
        this.heard.push(command);
        if (command === 'prompt') socket.write(PROMPT);
        else this.answer(command, socket);
      });
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

describe('RuntimeConnection', () => {
  let proxy: ScriptedProxy;
  let port = 0;
  let connection: RuntimeConnection;

  beforeEach(async () => {
    proxy = new ScriptedProxy();
    port = await proxy.listen();
    connection = await RuntimeConnection.open({ host: '127.0.0.1', port }, 1_000);
  });
  afterEach(async () => {
    connection.close();
    await proxy.close();
  });

  it('puts an answer together that comes in pieces', async () => {
    proxy.answer = (_command, socket) => {
      const pieces = ['# pxn', 'ame,svname\nbe,', 'home:1\n', '\n', '> '];
      pieces.forEach((piece, at) => setTimeout(() => socket.write(piece), 15 * at));
    };
    expect(await connection.query('show stat be 4 -1', 1_000)).toBe('# pxname,svname\nbe,home:1\n');
  });

  it('takes an answer that is cut short for an error that may have had an effect, never for a short list', async () => {
    proxy.answer = (_command, socket) => socket.end('# pxname,svname\nbe,home:1\n');
    await expect(connection.query('show stat be 4 -1', 1_000)).rejects.toMatchObject({
      code: 'unavailable',
      effect: 'maybe',
    });
  });

  it('gives up on a silent proxy at the deadline and does not reuse the conversation', async () => {
    proxy.answer = () => undefined;
    const call = connection.change('set server be/home:1 weight 5', 60);
    await expect(call).rejects.toMatchObject({ code: 'timeout', effect: 'maybe' });
    await expect(connection.query('show info', 1_000)).rejects.toMatchObject({ code: 'timeout' });
    expect(proxy.heard).not.toContain('show info');
  });

  it('never sends a command that would be two', async () => {
    for (const command of ['show info; shutdown', 'show info\ndel server be/x', 'show info\\']) {
      await expect(connection.change(command, 1_000)).rejects.toMatchObject({
        code: 'internal',
        effect: 'none',
      });
    }
    expect(proxy.heard).toEqual(['prompt']);
  });

  it.each([
    ['No such backend.\n', 'not-found'],
    ["Can't find backend.\n", 'not-found'],
    ['No such server.\n', 'not-found'],
    ['Already exists a server with the same name in backend.\n', 'already-exists'],
    ['Permission denied\n', 'permission-denied'],
    ['Server still has connections attached to it, cannot remove it.\n', 'conflict'],
    ['Absolute weight can only be between 0 and 256 inclusive.\n', 'invalid-argument'],
    ["character '~' is not permitted in server name 'a~b'.\n", 'invalid-argument'],
    ['Unknown command, but maybe one of the following ones is a better match:\n', 'unsupported'],
    ['Something HAProxy never said before.\n', 'unknown'],
  ])('maps %j to %s', async (sentence, code) => {
    proxy.answer = (_command, socket) => socket.write(`${sentence}${PROMPT}`);
    await expect(connection.change('set server be/home:1 weight 5', 1_000)).rejects.toMatchObject({ code });
  });

  it('says that nothing was sent when nobody listens', async () => {
    await proxy.close();
    const opening = RuntimeConnection.open({ host: '127.0.0.1', port }, 1_000);
    await expect(opening).rejects.toMatchObject({ code: 'unavailable', effect: 'none' });
    proxy = new ScriptedProxy();
    await proxy.listen();
  });
});
