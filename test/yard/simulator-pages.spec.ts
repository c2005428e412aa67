import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ACTIONS as ALIBABA_ACTIONS } from './alibaba/api.js';
import { FAULT_KINDS as ALIBABA_FAULTS } from './alibaba/faults.js';
import { DEFAULT_SETTINGS as ALIBABA_SETTINGS } from './alibaba/settings.js';
import { refusalsOf } from './simulator-sources.js';
import { ACTIONS as TENCENT_ACTIONS } from './tencent/actions/actions.js';
import { FAULT_KINDS as TENCENT_FAULTS } from './tencent/cloud/faults.js';
import { changedSettings } from './tencent/cloud/settings.js';
import { projectRoot } from './tools/lane.js';

const simulators = [
  {
    name: 'alibaba',
    actions: [...ALIBABA_ACTIONS.keys()],
    faults: ALIBABA_FAULTS,
    settings: Object.keys(ALIBABA_SETTINGS),
  },
  {
    name: 'tencent',
    actions: Object.keys(TENCENT_ACTIONS),
    faults: TENCENT_FAULTS,
    settings: Object.keys(changedSettings({})),
  },
] as const;

describe.each(simulators)('docs/simulators/$name.md', ({ name, actions, faults, settings }) => {
  let page = '';
  beforeAll(async () => {
    page = await readFile(join(projectRoot(), 'docs', 'simulators', `${name}.md`), 'utf8');
  });
  const missing = (words: readonly string[]) => words.filter((word) => !page.includes(`\`${word}\``));

  it('names every action that is answered, and says how many they are', () => {
    const names = actions.map((action) => action.split(/[:/]/).at(-1) ?? '');
    expect(missing(names)).toEqual([]);
    expect(page).toContain(`${actions.length} actions are answered`);
  });

  it('names every refusal', async () => {
    const refusals = await refusalsOf(name);
    expect(refusals.length).toBeGreaterThan(60);
    expect(missing(refusals)).toEqual([]);
  });

  it('names every fault and setting that a test can ask for', () => {
    expect(missing([...faults, ...settings])).toEqual([]);
  });
});
