/** The line that a bench prints for one figure; `ratio` is value / baseline. */
type BenchLine = Readonly<{ name: string; value: number; unit: string; baseline: number; ratio: number }>;

export function printLine(name: string, value: number, unit: string, baseline: number): void {
  const line: BenchLine = { name, value, unit, baseline, ratio: value / baseline };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
