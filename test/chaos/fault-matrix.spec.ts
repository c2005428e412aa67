import { readFile } from 'node:fs/promises';
import { FAULT_ROWS } from './fault-rows.js';

const HOW = 'run `node scripts/fault-matrix.mjs --run` and commit docs/reliability.md';

/** What came of a row is the runs' business; that none is missing, and that its tests exist, can be seen without them. */
describe('the fault matrix', () => {
  it('has every row from F1 to F32, in order', () => {
    expect(FAULT_ROWS.map(({ id }) => id)).toEqual(Array.from({ length: 32 }, (_, at) => `F${at + 1}`));
  });

  it.each(FAULT_ROWS.flatMap(({ id, proofs }) => proofs.map((proof) => ({ id, ...proof }))))(
    '$id is shown by $file: $test',
    async ({ file, test }) => {
      expect(await readFile(file, 'utf8')).toContain(test);
    },
  );

  it('stands in docs/reliability.md as it is here', async () => {
    const page = await readFile('docs/reliability.md', 'utf8');
    const cells = [...page.matchAll(/^\| (F\d+) +\|(.*)\|$/gm)].map(([, id, rest = '']) => {
      const [fault, injected, expected, pass, , , open] = rest.split(' | ').map((cell) => cell.trim());
      return { id, fault, injected, expected, pass, open };
    });
    const wanted = FAULT_ROWS.map(({ id, fault, injected, expected, pass, open = '' }) => {
      return { id, fault, injected, expected, pass, open };
    });
    expect({ cells, HOW }).toEqual({ cells: wanted, HOW });
  });
});
