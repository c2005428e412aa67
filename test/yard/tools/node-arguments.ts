import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './lane.js';

/**
 * Arguments with which Node runs an entry file of this tree: the built one where this code itself was built, the
 * source otherwise. `entry` is the path beside the caller, without its ending: `load-generator.main`.
 */
export function nodeArguments(folder: string, entry: string): readonly string[] {
  const built = join(folder, `${entry}.js`);
  if (existsSync(built)) return ['--enable-source-maps', built];
  const hooks = join(projectRoot(), 'scripts', 'typescript-hooks.mjs');
  return ['--enable-source-maps', '--import', hooks, join(folder, `${entry}.ts`)];
}
