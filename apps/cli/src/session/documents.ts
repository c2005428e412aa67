import { parse } from 'yaml';
import { z } from 'zod';
import { CliFailure } from '../output/cli-failure.js';
import { EXIT } from '../output/exit-code.js';
import type { Terminal } from './terminal.js';

/** The text of a file, or of standard input for `-`. */
export async function readDocument(terminal: Terminal, path: string): Promise<string> {
  try {
    return path === '-' ? await terminal.readStdin() : await terminal.readText(path);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new CliFailure(`${path} could not be read: ${why}. Nothing was sent.`, EXIT.usage);
  }
}

/** YAML or JSON by a schema. @throws CliFailure naming every wrong place; nothing was sent then. */
export async function readBody<S extends z.ZodType>(
  terminal: Terminal,
  path: string,
  schema: S,
): Promise<z.input<S>> {
  const name = path === '-' ? 'Standard input' : path;
  const value = parseText(name, await readDocument(terminal, path));
  const parsed = schema.safeParse(value);
  if (parsed.success) return value as z.input<S>;
  const places = parsed.error.issues.map(
    ({ path: at, message }) => `  ${at.join('.') || 'document'}: ${message}`,
  );
  throw new CliFailure(
    [
      `${path} is wrong in ${places.length === 1 ? 'one place' : `${places.length} places`}; nothing was sent.`,
    ]
      .concat(places)
      .join('\n'),
    EXIT.usage,
    'Correct these places and run the command again.',
  );
}

function parseText(path: string, text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 50 });
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new CliFailure(`${path} is neither YAML nor JSON: ${why}. Nothing was sent.`, EXIT.usage);
  }
}
