import { invalidParameter, missingParameter } from '../wire/wire-error.js';
import type { ActionSpec, ParameterSpec } from './action-metadata.js';
import { limitOf } from './parameter-limits.js';

/** Clients send it with every call, whether the action lists it or not. */
const ALWAYS_ALLOWED = new Set(['RegionId']);

/**
 * Holds a call's parameters against the vendor's published metadata: nothing unknown, nothing missing, types, ranges.
 * The real service overlooks unknown parameters; here they are mistakes. @throws WireError
 */
export function validateCall(spec: ActionSpec, parameters: ReadonlyMap<string, string>): void {
  const seen = new Set<string>();
  for (const [key, value] of parameters) {
    const parameter = findParameter(spec.parameters, key, seen);
    if (parameter === undefined) {
      if (ALWAYS_ALLOWED.has(key)) continue;
      throw invalidParameter(key, `${spec.action} has no such parameter`);
    }
    if (parameter !== 'anything') checkType(key, value, parameter);
    checkLimit(spec.action, key, value);
  }
  for (const { name, required } of spec.parameters.values()) {
    if (required && !seen.has(name)) throw missingParameter(name);
  }
}

type Found = ParameterSpec | 'anything' | undefined;

/** `Tag.1.Key` is the member Key of the list Tag; `SystemDisk.Size` has its own entry. Notes top names in `seen`. */
function findParameter(known: ReadonlyMap<string, ParameterSpec>, key: string, seen: Set<string>): Found {
  const exact = known.get(key);
  if (exact !== undefined) {
    seen.add(exact.name);
    return exact.type === 'list' || exact.type === 'array' || exact.type === 'struct' ? 'anything' : exact;
  }
  for (let dot = key.lastIndexOf('.'); dot > 0; dot = key.lastIndexOf('.', dot - 1)) {
    const parent = known.get(key.slice(0, dot));
    const found = parent === undefined ? undefined : findInside(parent, key.slice(dot + 1));
    if (parent !== undefined && found !== undefined) {
      seen.add(parent.name);
      return found;
    }
  }
  return undefined;
}

function findInside(parent: ParameterSpec, rest: string): Found {
  if (parent.type === 'struct') return inMembers(parent, rest);
  if (parent.type !== 'list' && parent.type !== 'array') return undefined;
  const [, , inner] = /^(\d+)(?:\.(.+))?$/.exec(rest) ?? [undefined, undefined, undefined];
  if (!/^\d+(\.|$)/.test(rest)) return undefined;
  if (inner === undefined) return parent.members === undefined ? { ...parent, type: 'string' } : undefined;
  return inMembers(parent, inner);
}

function inMembers(parent: ParameterSpec, rest: string): Found {
  if (parent.members === undefined) return 'anything';
  return findParameter(new Map(parent.members.map((spec) => [spec.name, spec])), rest, new Set());
}

function checkType(key: string, value: string, { type }: ParameterSpec): void {
  if (value === '') return;
  if (type === 'integer' && !/^-?\d+$/.test(value)) throw invalidParameter(key, 'it must be a whole number');
  if (type === 'number' && !/^-?\d+(\.\d+)?(e-?\d+)?$/i.test(value))
    throw invalidParameter(key, 'it must be a number');
  if (type === 'boolean' && !/^(true|false)$/i.test(value))
    throw invalidParameter(key, 'it must be true or false');
  if (type === 'json') parseJson(key, value);
}

function checkLimit(action: string, key: string, value: string): void {
  const limit = limitOf(action, key);
  if (limit === undefined || value === '') return;
  const number = Number(value);
  if (limit.min !== undefined && number < limit.min)
    throw invalidParameter(key, `it must be at least ${limit.min}`);
  if (limit.max !== undefined && number > limit.max)
    throw invalidParameter(key, `it must be at most ${limit.max}`);
  if (limit.values !== undefined && !limit.values.includes(value)) {
    throw invalidParameter(key, `it must be one of ${limit.values.join(', ')}`);
  }
  if (limit.characters !== undefined && value.length > limit.characters) {
    throw invalidParameter(key, `it must have at most ${limit.characters} characters`);
  }
  if (limit.pattern !== undefined && !limit.pattern.test(value))
    throw invalidParameter(key, 'its form is wrong');
  if (limit.jsonItems !== undefined) {
    const list = parseJson(key, value);
    if (!Array.isArray(list) || list.length > limit.jsonItems) {
      throw invalidParameter(key, `it must be a JSON array of at most ${limit.jsonItems}`);
    }
  }
  if (limit.items !== undefined && Number(/\.(\d+)(?:\.|$)/.exec(key)?.[1] ?? 0) > limit.items) {
    throw invalidParameter(key, `at most ${limit.items} are allowed`);
  }
}

function parseJson(key: string, value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    throw invalidParameter(key, 'it must be JSON');
  }
}
