import { readFileSync } from 'node:fs';
import { SpringtideError } from '@springtide/kernel';
import { parse as parseYaml } from 'yaml';
import type { Field, Section } from './field.js';
import { SECTIONS, type Config, type SectionName } from './sections.js';

type Environment = Readonly<Record<string, string | undefined>>;
type FileValues = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
type Problem = string;

/**
 * The settings of this process: defaults, over them the file named by SPRINGTIDE_CONFIG (YAML or JSON), over it the
 * environment. Parsed once and frozen.
 * @throws invalid-argument that lists every problem at once, never a secret value.
 */
export function loadConfig(environment: Environment = process.env): Config {
  const problems: Problem[] = [];
  const file = readConfigFile(environment['SPRINGTIDE_CONFIG'], problems);
  const sections = Object.entries(SECTIONS).map(([name, section]) => {
    return [name, parseSection(name, section, file[name] ?? {}, environment, problems)];
  });
  if (problems.length === 0) return Object.freeze(Object.fromEntries(sections)) as Config;
  throw new SpringtideError('invalid-argument', `the settings cannot be used:\n  ${problems.join('\n  ')}`, {
    nextStep: 'Correct them and start again; docs/configuration.md describes each.',
  });
}

/** The settings as they may be shown: without secrets. */
export function describeConfig(config: Config): Readonly<Record<string, unknown>> {
  const shown: Record<string, unknown> = {};
  for (const [name, section] of Object.entries(SECTIONS)) {
    const values = config[name as SectionName] as Readonly<Record<string, unknown>>;
    for (const [key, { sensitive }] of Object.entries(section)) {
      if (values[key] !== undefined) shown[`${name}.${key}`] = sensitive ? '[secret]' : values[key];
    }
  }
  return shown;
}

function parseSection(
  name: string,
  section: Section,
  file: Readonly<Record<string, unknown>>,
  environment: Environment,
  problems: Problem[],
): Readonly<Record<string, unknown>> {
  for (const key of Object.keys(file)) {
    if (!(key in section)) problems.push(`${name}.${key} in the file is no setting`);
  }
  const values = Object.entries(section).map(([key, definition]) => {
    const fromEnvironment = environment[definition.env];
    const raw = fromEnvironment === undefined || fromEnvironment === '' ? file[key] : fromEnvironment;
    return [key, parseField(`${name}.${key}`, definition, raw, problems)];
  });
  return Object.freeze(Object.fromEntries(values) as Record<string, unknown>);
}

function parseField(path: string, definition: Field, raw: unknown, problems: Problem[]): unknown {
  const label = `${path} (${definition.env})`;
  const value = definition.sensitive ? dereference(label, raw, problems) : raw;
  const parsed = definition.schema.safeParse(value, { reportInput: false });
  if (parsed.success) return deepFreeze(parsed.data);
  // Reading the reference failed and was named already.
  if (value === undefined && raw !== undefined) return undefined;
  const why = parsed.error.issues.map((issue) => issue.message).join(', ');
  problems.push(
    raw === undefined ? `${label} is not set` : `${label}: ${definition.sensitive ? plain(why) : why}`,
  );
  return undefined;
}

/** Messages of a schema quote no input, but a custom one could; of a secret only the rule is named. */
function plain(why: string): string {
  return why.split(':')[0] ?? 'is not valid';
}

/** `file:<path>` stands for the content of that file, so that secrets need not stand in an environment. */
function dereference(label: string, raw: unknown, problems: Problem[]): unknown {
  if (typeof raw !== 'string' || !raw.startsWith('file:')) return raw;
  try {
    return readFileSync(raw.slice('file:'.length), 'utf8').trim();
  } catch {
    problems.push(`${label}: the file it names cannot be read`);
    return undefined;
  }
}

function readConfigFile(path: string | undefined, problems: Problem[]): FileValues {
  if (path === undefined || path === '') return {};
  try {
    const content: unknown = parseYaml(readFileSync(path, 'utf8'));
    if (!isRecord(content)) throw new Error('it holds no sections');
    for (const [name, section] of Object.entries(content)) {
      if (!(name in SECTIONS)) problems.push(`${name} in ${path} is no section`);
      else if (!isRecord(section)) problems.push(`${name} in ${path} must hold settings`);
    }
    return Object.fromEntries(
      Object.entries(content).filter(([, section]) => isRecord(section)),
    ) as FileValues;
  } catch {
    // A parser's message may quote a line with a secret.
    problems.push(`the file ${path} (SPRINGTIDE_CONFIG) cannot be read as YAML or JSON`);
    return {};
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function deepFreeze<T>(value: T): T {
  return Array.isArray(value) ? (Object.freeze(value) as T) : value;
}
