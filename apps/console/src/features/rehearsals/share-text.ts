import type { Format } from '../../shared/format/format.js';

/** Rounded down: what is not whole never reads as whole. */
export function shareText(format: Format, share: number): string {
  return format.percent(Math.floor(share * 10_000) / 10_000);
}
