export type Cell = string | number | Readonly<{ amount: string }>;

/** Signs by which spreadsheet programs take a cell for a formula, their full-width twins and control characters included. */
const FORMULA = /^[\s\0]*[=+\-@|%\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n\0]/;
const PLAIN_NUMBER = /^-?\d+(\.\d+)?$/;

/**
 * RFC 4180: commas, CRLF, quotes doubled. Text that a spreadsheet could run as a formula is led by an apostrophe;
 * amounts stay numbers, since nothing but digits, one point and a sign passes as one.
 */
export function toCsv(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(cellText).join(',')}\r\n`).join('');
}

function cellText(cell: Cell): string {
  if (typeof cell === 'number') return String(cell);
  if (typeof cell !== 'string' && PLAIN_NUMBER.test(cell.amount)) return cell.amount;
  const text = typeof cell === 'string' ? cell : cell.amount;
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
