/** East Asian wide and full-width characters take two columns of a terminal. */
const WIDE =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]/g;
/** Control characters could move the cursor or forge lines; a name never needs them. */
const CONTROL = /\p{Cc}/gu;

/** Columns of plain text, two spaces apart; the first `leftColumns` are aligned left, the rest right. */
export function textTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  leftColumns: number,
): string {
  const lines = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll(CONTROL, '?')));
  const widths = head.map((_, column) => Math.max(...lines.map((line) => columnsOf(line[column] ?? ''))));
  const text = lines.map((line) =>
    line
      .map((cell, column) => {
        const space = ' '.repeat(Math.max(0, (widths[column] ?? 0) - columnsOf(cell)));
        return column < leftColumns ? cell + space : space + cell;
      })
      .join('  ')
      .trimEnd(),
  );
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [text[0] ?? '', rule, ...text.slice(1)].join('\n');
}

function columnsOf(text: string): number {
  return text.length + (text.match(WIDE)?.length ?? 0);
}
