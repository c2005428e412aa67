import { yardLane } from '../tools/lane.js';
import { askVsphereOracle, createOutside, destroyOutside } from './oracle.js';
import { startVsphereYard, vsphereYardAvailable, type VsphereYard } from './vsphere-yard.js';

const state = await vsphereYardAvailable();
const reason = state.available ? undefined : state.reason;
const suite = yardLane('vsphere yard (vcsim, pyvmomi)', state.available, reason) ? describe : describe.skip;

suite('the vSphere yard', () => {
  let yard: VsphereYard;

  beforeAll(async () => {
    yard = await startVsphereYard({ bootDelayMs: 100, hostMemoryMiB: 8_192 });
  }, 600_000);
  afterAll(() => yard.stop());

  it('shows its machines to pyvmomi: a template, and running machines with a loopback address', async () => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const machines = await askVsphereOracle(yard);
    expect(machines.filter((machine) => machine.template).map((machine) => machine.name)).toEqual([
      yard.template,
    ]);
    const others = machines.filter((machine) => !machine.template);
    expect(others.map((machine) => machine.cluster ?? '').toSorted((a, b) => a.localeCompare(b))).toEqual([
      'DC0_C0',
      'DC0_C1',
      'DC0_C1',
    ]);
    for (const machine of others) expect(machine.address).toMatch(/^127\.10\.\d+\.\d+$/);
    expect(machines.flatMap((machine) => Object.keys(machine.marks))).toEqual([]);
  }, 300_000);

  it('lets a person create and destroy machines beside us', async () => {
    const after = await createOutside(yard, 'somebody-else');
    expect(after.find((machine) => machine.name === 'somebody-else')).toMatchObject({ marks: {} });
    const left = await destroyOutside(yard, 'somebody-else');
    expect(left.some((machine) => machine.name === 'somebody-else')).toBe(false);
  }, 60_000);

  it('refuses a wrong password', async () => {
    await expect(askVsphereOracle({ ...yard, password: 'wrong' })).rejects.toThrow(/InvalidLogin/);
  }, 60_000);
});
