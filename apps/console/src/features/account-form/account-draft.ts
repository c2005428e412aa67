import type { AccountBody, ProviderBody } from '@springtide/contracts';
import { fieldsOf, type FieldShape } from './shape.js';
import {
  fieldNames,
  fieldsValue,
  missingFields,
  objectOf,
  shapeDraft,
  type DraftFields,
} from './shape-draft.js';

export type AccountDraft = Readonly<{ name: string; settings: DraftFields }>;

/** What the form of one provider asks for. */
export type AccountShape = Readonly<{ settings: readonly FieldShape[]; secret: readonly FieldShape[] }>;

export function accountShape(provider: ProviderBody): AccountShape {
  return { settings: fieldsOf(provider.settingsSchema), secret: fieldsOf(provider.secretSchema) };
}

export const NO_ACCOUNT: AccountDraft = { name: '', settings: {} };

export function draftOf({ name, settings }: AccountBody, shape: AccountShape): AccountDraft {
  return { name, settings: objectOf(shapeDraft({ kind: 'object', fields: shape.settings }, settings)) };
}

export function valuesOf(fields: readonly FieldShape[], draft: DraftFields): Record<string, unknown> {
  const shape = { kind: 'object', fields } as const;
  return { ...fieldsValue(shape, draft) };
}

/** What must be filled in and is not. A stored credential need not be typed again. */
export function missingIn(
  shape: AccountShape,
  draft: AccountDraft,
  secret: DraftFields | undefined,
): readonly string[] {
  return [
    ...(draft.name.trim() === '' ? ['name'] : []),
    ...missingFields(shape.settings, draft.settings, 'settings'),
    ...(secret === undefined ? [] : missingFields(shape.secret, secret, 'secret')),
  ];
}

/** Every field that something can be told at. */
export function namesIn(shape: AccountShape, draft: AccountDraft, secret: DraftFields): ReadonlySet<string> {
  return new Set([
    'name',
    ...fieldNames({ kind: 'object', fields: shape.settings }, draft.settings, 'settings'),
    ...fieldNames({ kind: 'object', fields: shape.secret }, secret, 'secret'),
  ]);
}
