import { Decimal } from '@springtide/kernel';

const UNITS: Readonly<Record<string, string>> = {
  n: '1e-9',
  u: '1e-6',
  m: '1e-3',
  '': '1',
  k: '1e3',
  M: '1e6',
  G: '1e9',
  T: '1e12',
  P: '1e15',
  E: '1e18',
  Ki: '1024',
  Mi: '1048576',
  Gi: '1073741824',
  Ti: '1099511627776',
  Pi: '1125899906842624',
  Ei: '1152921504606846976',
};

/** A quantity of Kubernetes (`250m`, `1.5Gi`, `2e3`) as a number of cores, bytes or pieces; NaN where it is none. */
export function quantity(text: string): number {
  const match = /^([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([numkMGTPE]i?|Ki)?$/.exec(text);
  const unit = UNITS[match?.[2] ?? ''];
  if (match?.[1] === undefined || unit === undefined) return Number.NaN;
  return new Decimal(match[1]).times(unit).toNumber();
}
