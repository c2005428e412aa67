import { SECTIONS } from './sections.js';

/** docs/configuration.md, whole; a test keeps the file equal to it. */
export function configurationReference(): string {
  const sections = Object.entries(SECTIONS).map(([name, section]) => {
    const items = Object.entries(section).map(([key, { env, schema, description, sensitive }]) => {
      const empty = schema.safeParse(undefined);
      const fallback = empty.success ? `default ${shown(empty.data)}` : '**must be set**';
      return `- \`${name}.${key}\` (\`${env}\`, ${fallback}): ${description}${sensitive ? ' Secret.' : ''}`;
    });
    return [`## ${name}`, '', ...items];
  });
  return [...INTRODUCTION, ...sections.flatMap((lines) => ['', ...lines]), ''].join('\n');
}

const INTRODUCTION = [
  '# Configuration',
  '',
  'Defaults come first, over them the YAML or JSON file named by `SPRINGTIDE_CONFIG` (sections and settings as below),',
  'over it the environment. Settings are read once at the start; every problem is reported at once, and no secret value',
  'is ever printed. A secret may be given as `file:<path>`. This page is generated from `config/sections.ts`.',
];

function shown(value: unknown): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return 'none';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}
