import { readFile } from 'node:fs/promises';
import { PROVIDER_RULES, TRAFFIC_RULES, WORKLOAD_RULES } from './index.js';

type Row = Readonly<{ id: string; level: string; title: string; why: string }>;

const provider: readonly Row[] = PROVIDER_RULES;
const traffic: readonly Row[] = TRAFFIC_RULES.map((rule) => ({ ...rule, level: 'MUST' }));
const workloads: readonly Row[] = WORKLOAD_RULES.map((rule) => ({ ...rule, level: 'MUST' }));

describe('RULES.md', () => {
  let text: string;

  beforeAll(async () => {
    text = await readFile('libs/provider-kit/conformance/RULES.md', 'utf8');
  });

  it.each([...provider, ...traffic, ...workloads])('$id is written down as it is tested', (rule) => {
    expect(cellsOf(text, rule.id)).toEqual([rule.id, rule.level, rule.title, rule.why]);
  });

  it('has no rule that nobody tests, and each id once', () => {
    const written = [...text.matchAll(/^\| ([PTW]-\d+) /gm)].map((match) => match[1]);
    expect(written).toEqual([...provider, ...traffic, ...workloads].map((rule) => rule.id));
    expect(new Set(written).size).toBe(written.length);
  });
});

function cellsOf(text: string, id: string): string[] | undefined {
  const line = text.split('\n').find((each) => each.startsWith(`| ${id} `));
  return line
    ?.split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}
