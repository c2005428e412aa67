import type { LateStart } from '@springtide/contracts';
import { decimal, roundMoney, type Money } from '@springtide/kernel';

/** To the currency's smallest coin, as a total is read: `EUR 1,234.50`, `JPY 1,235`. */
export function moneyText(amount: Money): string {
  const places = coinPlaces(amount.currency);
  return `${amount.currency} ${grouped(decimal(roundMoney(amount, places).amount).toFixed(places))}`;
}

/** Unit prices keep four places: hours are cheap and thousands are bought. */
export function priceText(amount: Money | null): string {
  if (amount === null) return 'unknown';
  const rounded = decimal(roundMoney(amount, 4).amount);
  const places = Math.max(coinPlaces(amount.currency), rounded.decimalPlaces());
  return `${amount.currency} ${grouped(rounded.toFixed(places))}`;
}

function coinPlaces(currency: string): number {
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency,
  }).resolvedOptions();
  return maximumFractionDigits;
}

/** `2026-11-11 00:00:05Z`: always UTC, and saying so. */
export function timeText(instant: string | null): string {
  if (instant === null) return '-';
  const date = new Date(instant);
  return Number.isNaN(date.getTime()) ? instant : `${date.toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

/** How long ago or ahead, in the largest fitting unit. */
export function ageText(instant: string | null, now: Date): string {
  if (instant === null) return 'never';
  const seconds = Math.round((now.getTime() - new Date(instant).getTime()) / 1_000);
  return seconds >= 0 ? `${durationText(seconds)} ago` : `in ${durationText(-seconds)}`;
}

export function durationText(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

/** `1,200`; up to two places when it is no whole number. */
export function numberText(value: number): string {
  return grouped(String(Math.round(value * 100) / 100));
}

export function percentText(fraction: number | null): string {
  return fraction === null ? '-' : `${(fraction * 100).toFixed(2)} %`;
}

function grouped(plain: string): string {
  const [whole = '', rest] = plain.split('.');
  const withCommas = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return rest === undefined ? withCommas : `${withCommas}.${rest}`;
}

/** What becomes of a phase that could not begin in time. */
export function lateStartText(lateStart: LateStart | undefined): string {
  if (lateStart === undefined) return 'begin all the same';
  const { policy, afterMinutes } = lateStart;
  return policy === 'skip'
    ? `skipped after ${afterMinutes} min, nothing is bought for them`
    : `begin all the same, told after ${afterMinutes} min`;
}
