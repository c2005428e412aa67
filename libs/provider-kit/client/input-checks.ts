import { SpringtideError } from '@springtide/kernel';
import type { LaunchBatch } from '../contract/compute.js';
import type { Ownership } from '../contract/machine.js';
import type { ProviderManifest } from '../contract/session.js';

const LONGEST_TOKEN = 64;
const LONGEST_NAME_PREFIX = 40;
const LARGEST_BATCH = 100;
const LONGEST_LABEL = 255;
const MOST_LABELS = 20;

/** @throws invalid-argument or unsupported before anything is sent. */
export function checkLaunchBatch(batch: LaunchBatch, manifest: ProviderManifest): void {
  checkToken(batch.token);
  if (batch.token !== batch.ownership.token) {
    throw invalid('the ownership tag carries another token than the batch');
  }
  checkCounts(batch, manifest);
  for (const field of ['region', 'zone', 'machineType', 'image'] as const) {
    if (batch[field].trim() === '') throw invalid(`the batch has no ${field}`);
  }
  checkText('name prefix', batch.namePrefix, LONGEST_NAME_PREFIX);
  checkOwnership(batch.ownership);
  checkLabels(batch.labels);
  const { spot } = manifest.capabilities;
  if (batch.purchaseOption === 'spot' && !spot.supported) {
    throw new SpringtideError('unsupported', `${manifest.title} sells no spot machines: ${spot.reason}`);
  }
}

/** @throws invalid-argument. */
export function checkIds(ids: readonly string[]): void {
  for (const id of ids) checkText('machine id', id, LONGEST_LABEL);
}

export function checkToken(token: string): void {
  if (!/^[\x21-\x7e]+$/.test(token) || token.length > LONGEST_TOKEN) {
    throw invalid(`a token has 1 to ${LONGEST_TOKEN} visible ASCII characters, this one ${token.length}`);
  }
}

function checkCounts(batch: LaunchBatch, manifest: ProviderManifest): void {
  const most = Math.min(LARGEST_BATCH, manifest.limits.launchBatch);
  if (!Number.isInteger(batch.count) || batch.count < 1 || batch.count > most) {
    throw invalid(
      `a batch for ${manifest.title} has 1 to ${most} machines, this one ${batch.count}; send several batches`,
    );
  }
  if (!Number.isInteger(batch.minimum) || batch.minimum < 1 || batch.minimum > batch.count) {
    throw invalid(`the minimum of a batch is 1 to its count of ${batch.count}, not ${batch.minimum}`);
  }
}

export function checkOwnership(ownership: Ownership): void {
  for (const field of ['installation', 'tenant', 'intent'] as const) {
    checkText(`ownership ${field}`, ownership[field], LONGEST_LABEL);
  }
}

export function checkLabels(labels: Readonly<Record<string, string>>): void {
  const entries = Object.entries(labels);
  if (entries.length > MOST_LABELS) throw invalid(`a machine has at most ${MOST_LABELS} labels`);
  for (const [key, value] of entries) {
    checkText('label name', key, LONGEST_LABEL);
    if (value !== '') checkText(`label ${key}`, value, LONGEST_LABEL);
  }
}

export function checkText(what: string, text: string, longest = LONGEST_LABEL): void {
  if (text === '' || text.length > longest || /[\p{Cc}\p{Cs}]/u.test(text)) {
    throw invalid(`${what} must have 1 to ${longest} characters without control characters`);
  }
}

export function invalid(message: string): SpringtideError {
  return new SpringtideError('invalid-argument', `${message}; nothing was sent to the cloud`);
}
