import { readFile, readdir } from 'node:fs/promises';

const HOW = 'run `npm test` where every service can be had and commit docs/provider-matrix.md';

/** What came of a rule is the runs' business; that no rule and no provider is missing can be seen without them. */
describe('docs/provider-matrix.md', () => {
  let page = '';
  beforeAll(async () => {
    page = await readFile('docs/provider-matrix.md', 'utf8');
  });

  it('has every rule, in its words and order', async () => {
    const rules = await readFile('libs/provider-kit/conformance/RULES.md', 'utf8');
    const wanted = [...rules.matchAll(/^\| ([PTW]-\d+) *\| *(?:MUST|SHOULD) *\| (.*?) *\|/gm)];
    const rows = [...page.matchAll(/^\| ([PTW]-\d+) *\| (.*?) *\|/gm)];
    const shown = (all: readonly RegExpMatchArray[]) => all.map(([, id, title]) => `${id} ${title}`);
    expect({ rows: shown(rows), HOW }).toEqual({ rows: shown(wanted), HOW });
  });

  it('has a column for every provider that is held to the rules, and for no other', async () => {
    const held: string[] = [];
    for (const entry of await readdir('providers', { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      const files = await readdir(`providers/${entry.name}`);
      if (!files.some((file) => file.endsWith('.conformance.spec.ts'))) continue;
      const harness = await readFile(`providers/${entry.name}/testing/harness.ts`, 'utf8').catch(() => '');
      // As the scaffold makes it: there is nothing to be held to yet.
      if (!harness.includes("provider does not speak to its cloud yet'")) held.push(entry.name);
    }
    const heads = [...page.matchAll(/^\| id *\| rule *\|(.*)\|$/gm)].flatMap(([, cells = '']) =>
      cells.split('|').map((cell) => cell.trim().replace(/ \d+$/, '')),
    );
    expect({ columns: [...new Set(heads)].toSorted(), HOW }).toEqual({ columns: held.toSorted(), HOW });
  });
});
