import { performance } from 'node:perf_hooks';

const startedAt = performance.now();
const colour = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;

/** What a person reads while the demo runs: one line per event, with the seconds since the start. */
export const screen = {
  step(text: string): void {
    line(bold(text));
  },
  say(text: string): void {
    line(text);
  },
  warn(text: string): void {
    line(paint(33, text));
  },
  /** Without a time in front, for tables. */
  plain(text: string): void {
    process.stdout.write(`${text}\n`);
  },
};

export function bold(text: string): string {
  return paint(1, text);
}

export function paint(code: number, text: string): string {
  return colour ? `\u001B[${code}m${text}\u001B[0m` : text;
}

function line(text: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6);
  process.stdout.write(`${paint(2, `${seconds} s`)}  ${text}\n`);
}

/** Columns as wide as their widest cell; the first `textColumns` to the left, the others to the right. */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  textColumns = 1,
): string {
  const widths = header.map((cell, column) =>
    Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const pad = (cell: string, column: number) =>
    column < textColumns ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  const format = (row: readonly string[]) => row.map((cell, column) => pad(cell, column)).join('  ');
  return [bold(format(header)), ...rows.map((row) => format(row))].join('\n');
}
