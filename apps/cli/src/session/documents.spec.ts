import { z } from 'zod';
import { readBody } from './documents.js';
import type { Terminal } from './terminal.js';

const Sale = z.object({
  name: z.string(),
  limit: z.number().optional(),
  zone: z.string().default('UTC'),
  phases: z.array(z.object({ name: z.string(), hours: z.number().optional() })),
  settings: z.record(z.string(), z.string()).default({}),
});
const SaleBody = Sale.extend({ id: z.string() });

const read = async (text: string) => {
  const terminal = { readText: async () => await Promise.resolve(text) } as unknown as Terminal;
  return await readBody(terminal, 'sale.yaml', Sale, SaleBody);
};

describe('a document', () => {
  it('is sent as it is written', async () => {
    const text = 'name: sale\nphases: [{name: peak, hours: 2}]\nsettings: {any: thing}\n';
    expect(await read(text)).toEqual({
      name: 'sale',
      phases: [{ name: 'peak', hours: 2 }],
      settings: { any: 'thing' },
    });
  });

  it('may have what is printed beside what can be written', async () => {
    expect(await read('{"id": "7", "name": "sale", "phases": []}')).toMatchObject({ name: 'sale' });
  });

  it('with names that nobody knows is not sent', async () => {
    const text = 'name: sale\nlimits: 5\nphases: [{name: peak}, {name: decay, hour: 2, id: x}]\n';
    await expect(read(text)).rejects.toThrow(
      [
        'sale.yaml is wrong in 3 places; nothing was sent.',
        '  limits: nothing of that name is known here',
        '  phases.1.hour: nothing of that name is known here',
        '  phases.1.id: nothing of that name is known here',
      ].join('\n'),
    );
  });
});
