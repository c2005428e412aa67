import { unknownNames } from '@springtide/contracts';
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

/**
 * YAML or JSON by a schema. A name that the schema does not know is wrong as well: left out in silence, a misspelt limit
 * would be no limit.
 * @param printed what `get` prints of such a thing: what it adds may stay when somebody edits that and sends it again.
 * @throws CliFailure naming every wrong place; nothing was sent then.
 */
export async function readBody<S extends z.ZodType>(
  terminal: Terminal,
  path: string,
  schema: S,
  printed?: z.ZodObject,
): Promise<z.input<S>> {
  const name = path === '-' ? 'Standard input' : path;
  const value = parseText(name, await readDocument(terminal, path));
  const parsed = schema.safeParse(value);
  const added = new Set(Object.keys(printed?.shape ?? {}));
  const places = parsed.success
    ? unknownNames(value, parsed.data)
        .filter((at) => !added.has(at))
        .map((at) => `  ${at}: nothing of that name is known here`)
    : parsed.error.issues.map(({ path: at, message }) => `  ${at.join('.') || 'document'}: ${message}`);
  if (places.length === 0) return value as z.input<S>;
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
