// Lets this process import the repository's TypeScript as it stands, decorators and aliases included, for scripts that
// generate files from it: `import './typescript-hooks.mjs'` first, then `await import('../libs/…/index.ts')`.
import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformSync } from '@swc/core';

const root = fileURLToPath(new URL('..', import.meta.url));

const ALIASES = [
  [/^@springtide\/config$/, 'config/index.ts'],
  [/^@springtide\/workflows$/, 'workflows/index.ts'],
  [/^@springtide\/providers$/, 'providers/registry.generated.ts'],
  [/^@springtide\/provider-kit\/conformance$/, 'libs/provider-kit/conformance/index.ts'],
  [/^@springtide\/([a-z-]+)\/domain$/, 'libs/$1/domain/index.ts'],
  [/^@springtide\/([a-z-]+)$/, 'libs/$1/index.ts'],
];

const COMPILER = {
  module: { type: 'es6' },
  sourceMaps: 'inline',
  jsc: {
    target: 'es2024',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
    keepClassNames: true,
  },
};

registerHooks({
  resolve(specifier, context, next) {
    for (const [pattern, path] of ALIASES) {
      if (pattern.test(specifier)) {
        return { url: pathToFileURL(root + specifier.replace(pattern, path)).href, shortCircuit: true };
      }
    }
    if (specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.endsWith('.ts')) {
      const url = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
      if (existsSync(url)) return { url: url.href, shortCircuit: true };
    }
    return next(specifier, context);
  },
  load(url, context, next) {
    if (!url.endsWith('.ts')) return next(url, context);
    const filename = fileURLToPath(url);
    const { code } = transformSync(readFileSync(filename, 'utf8'), { ...COMPILER, filename });
    return { format: 'module', source: code, shortCircuit: true };
  },
});
