import { SpringtideError } from '@springtide/kernel';
import type { DemandSample } from './demand-series.js';

/** Fewer bad rows than this are named one by one. */
const NAMED_FAULTS = 5;
const EPOCH = /^(\d{9,14})(?:\.\d+)?$/;
const ZONE = /(?:z|[+-]\d{2}:?\d{2})$/i;

/**
 * Samples of a CSV text with the columns `timestamp` and `value`, named by a header, or two columns whatever they are called;
 * comma, semicolon or tab. Timestamps are ISO 8601 (UTC where they name no zone) or seconds or milliseconds since 1970.
 * @throws invalid-argument naming the lines at fault: a series with silently dropped rows would hide a peak.
 */
export function parseDemandCsv(text: string): readonly DemandSample[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const separator = [',', ';', '\t'].find((candidate) => (lines[0] ?? '').includes(candidate)) ?? ',';
  const cells = (line: string): string[] =>
    line.split(separator).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
  const columns = columnsOf(lines.slice(0, 2).map(cells));
  const faults: string[] = [];
  const samples: DemandSample[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '' || (index === 0 && columns.header)) continue;
    const row = cells(line);
    const sample = sampleOf(row[columns.timestamp], row[columns.value]);
    if (typeof sample === 'string') faults.push(`line ${index + 1}: ${sample}`);
    else samples.push(sample);
  }
  if (faults.length > 0) throw badRows(faults);
  return samples;
}

type Columns = Readonly<{ header: boolean; timestamp: number; value: number }>;

const IN_ORDER = { timestamp: 0, value: 1 };
const REVERSED = { timestamp: 1, value: 0 };

function columnsOf([first = [], second = []]: readonly (readonly string[])[]): Columns {
  const names = first.map((name) => name.toLowerCase());
  const timestamp = names.indexOf('timestamp');
  const value = names.indexOf('value');
  if (timestamp >= 0 && value >= 0) return { header: true, timestamp, value };
  const orders = first.length === 2 ? [IN_ORDER, REVERSED] : [IN_ORDER];
  const data = orders.find((order) => isSample(first, order));
  if (data !== undefined) return { header: false, ...data };
  const named = orders.length > 1 && orders.find((order) => isSample(second, order));
  if (named) return { header: true, ...named };
  throw new SpringtideError(
    'invalid-argument',
    `line 1: expected a header with the columns "timestamp" and "value", or two columns of instants and numbers, found "${first.join(',').slice(0, 80)}"; nothing was read`,
    { nextStep: 'Name the two columns in the first line: timestamp,value' },
  );
}

function isSample(row: readonly string[], { timestamp, value }: Omit<Columns, 'header'>): boolean {
  return typeof sampleOf(row[timestamp], row[value]) !== 'string';
}

function sampleOf(timestamp: string | undefined, text: string | undefined): DemandSample | string {
  if (timestamp === undefined || text === undefined) return 'there are fewer than two columns';
  const atMs = instantMs(timestamp);
  if (Number.isNaN(atMs)) return `"${timestamp.slice(0, 40)}" is no instant`;
  const value = text === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) return `"${text.slice(0, 40)}" is no number`;
  if (value < 0) return `${text} is negative, and demand cannot be`;
  return { atMs, value };
}

function instantMs(text: string): number {
  const epoch = EPOCH.exec(text)?.[1];
  if (epoch !== undefined) return Number(text) * (epoch.length > 11 ? 1 : 1_000);
  const iso = text
    .replace(/^(\d{4})\/(\d{2})\/(\d{2})/, '$1-$2-$3')
    .replace(/ ?(?:UTC|GMT)$/i, 'Z')
    .replace(/ ([+-]\d{2}:?\d{2})$/, '$1')
    .replace(' ', 'T');
  const dated = /^\d{4}-\d{2}-\d{2}/.test(iso);
  if (!dated) return Number.NaN;
  return Date.parse(iso.includes('T') && !ZONE.test(iso) ? `${iso}Z` : iso);
}

function badRows(faults: readonly string[]): SpringtideError {
  const named = faults.slice(0, NAMED_FAULTS).join('; ');
  const more = faults.length > NAMED_FAULTS ? `; and ${faults.length - NAMED_FAULTS} more` : '';
  return new SpringtideError(
    'invalid-argument',
    `the demand file cannot be trusted, so nothing was read from it: ${named}${more}`,
    { nextStep: 'Correct or remove these lines; rows that are missing altogether are filled in.' },
  );
}
