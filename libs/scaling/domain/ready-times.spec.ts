import { readyTimes, type StartedMachine } from './ready-times.js';

function machine(machineType: string, boot: number, warmUp: number | null): StartedMachine {
  const at = (seconds: number) => new Date(Date.UTC(2026, 10, 11) + seconds * 1_000).toISOString();
  const readyAt = warmUp === null ? null : at(boot + warmUp);
  return { machineType, acceptedAt: at(0), runningAt: at(boot), readyAt };
}

describe('times until machines serve', () => {
  it('are percentiles of what machines of a type really took', () => {
    const large = Array.from({ length: 100 }, (_, n) => machine('large', n + 1, 10));
    const small = [machine('small', 5, 1), machine('small', 7, null)];
    expect(readyTimes([...small, ...large])).toEqual([
      expect.objectContaining({
        machineType: 'large',
        machines: 100,
        bootSeconds: { p50: 50, p90: 90, p99: 99 },
        warmUpSeconds: { p50: 10, p90: 10, p99: 10 },
        leadSeconds: { p50: 60, p90: 100, p99: 109 },
      }),
      expect.objectContaining({ machineType: 'small', machines: 1, leadSeconds: { p50: 6, p90: 6, p99: 6 } }),
    ]);
  });

  it('are none where no machine became ready', () => {
    expect(readyTimes([machine('large', 5, null)])).toEqual([]);
  });
});
