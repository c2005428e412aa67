import Table from 'cli-table3';
import { stringify } from 'yaml';
import { cellText, plainText } from './plain-text.js';

export const FORMATS = ['table', 'json', 'yaml'] as const;
export type Format = (typeof FORMATS)[number];

/** One column of a table: what it is called, and how a row shows it. */
export type Column<T> = readonly [title: string, show: (row: T) => string | number];

/** One block of what a person reads. */
export type Section =
  string | Readonly<{ title?: string; columns: readonly string[]; rows: readonly string[][] }>;

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

export function tableOf<T>(columns: readonly Column<T>[], rows: readonly T[], title?: string): Section {
  return {
    ...(title === undefined ? {} : { title }),
    columns: columns.map(([name]) => name),
    rows: rows.map((row) => columns.map(([, show]) => cellText(String(show(row))))),
  };
}

/** Names and values of one object, one per line. */
export function factsOf(facts: readonly (readonly [name: string, value: string | number | null])[]): Section {
  const width = Math.max(...facts.map(([name]) => name.length));
  return facts.map(([name, value]) => `${name.padEnd(width)}  ${cellText(String(value ?? '-'))}`).join('\n');
}

/** Data as JSON or YAML for programs; sections for people. */
export function render(format: Format, data: unknown, sections: () => readonly Section[]): string {
  if (format === 'json') return `${JSON.stringify(data, null, 2)}\n`;
  if (format === 'yaml') return stringify(data, { lineWidth: 110 });
  return `${sections().map(sectionText).join('\n\n')}\n`;
}

function sectionText(section: Section): string {
  if (typeof section === 'string') return plainText(section);
  const heading = section.title === undefined ? '' : `${section.title}\n`;
  if (section.rows.length === 0) return `${heading}(none)`;
  const table = new Table({
    head: section.columns.map((name) => name.toUpperCase()),
    chars: NO_LINES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...section.rows);
  const body = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
  return `${heading}${body}`;
}
