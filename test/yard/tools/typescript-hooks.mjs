import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformSync } from '@swc/core';

/**
 * Lets Node run the sources as they stand, decorators included: `node --import <this file> x.main.ts`. `./a.js` finds
 * `./a.ts`, and `@springtide/<lib>` finds its door, as the compiler's `paths` say.
 */
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const doors = {
  config: 'config/index.ts',
  workflows: 'workflows/index.ts',
  providers: 'providers/registry.generated.ts',
};
const compiler = {
  module: { type: 'es6' },
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
    keepClassNames: true,
  },
  sourceMaps: 'inline',
};

registerHooks({
  resolve(specifier, context, next) {
    const alias = /^@springtide\/([a-z-]+)(\/(?:domain|conformance))?$/.exec(specifier);
    if (alias) {
      const door = doors[alias[1]] ?? `libs/${alias[1]}${alias[2] ?? ''}/index.ts`;
      return next(pathToFileURL(join(root, door)).href, context);
    }
    if (/^\.{1,2}\/.*\.js$/.test(specifier) && context.parentURL?.startsWith('file:')) {
      const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
      if (!source.pathname.includes('/node_modules/') && existsSync(source))
        return next(source.href, context);
    }
    return next(specifier, context);
  },
  load(url, context, next) {
    if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
    const filename = fileURLToPath(url);
    const { code } = transformSync(readFileSync(filename, 'utf8'), { ...compiler, filename });
    return { format: 'module', source: code, shortCircuit: true };
  },
});
