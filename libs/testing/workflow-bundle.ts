import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { bundleWorkflowCode, type BundleOptions } from '@temporalio/worker';

type Hook = NonNullable<BundleOptions['webpackConfigHook']>;

const root = resolve(import.meta.dirname, '..', '..');

/**
 * The workflows of this tree as one file, as a worker takes it. Made once for the same sources: every spec and every
 * process of a test shares it.
 * @returns its path.
 */
export async function workflowBundle(): Promise<string> {
  const folder = join(root, 'node_modules', '.cache', 'workflow-bundle');
  const file = join(folder, `${sourceHash()}.js`);
  if (existsSync(file)) return file;
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(root, 'workflows', 'index.ts'),
    webpackConfigHook: withAliases(),
    logger: quiet,
  });
  await mkdir(folder, { recursive: true });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, code);
  await rename(draft, file);
  return file;
}

const quiet = {
  log: () => undefined,
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (message: string) => process.stderr.write(`${message}\n`),
};

/** Everything that can be in the bundle: workflows, and the pure part of the libraries. */
function sourceHash(): string {
  const hash = createHash('sha256');
  const libraries = ['kernel', 'contracts', 'campaigns/domain', 'planning/domain', 'catalog/domain'];
  for (const folder of ['workflows', ...libraries.map((name) => `libs/${name}`)]) {
    for (const path of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).toSorted()) {
      if (path.endsWith('.ts') && !path.endsWith('.spec.ts'))
        hash.update(path).update(readFileSync(join(root, folder, path)));
    }
  }
  for (const file of ['tsconfig.json', 'package-lock.json']) hash.update(readFileSync(join(root, file)));
  return hash.digest('hex').slice(0, 24);
}

/** Teaches the bundler the `paths` of tsconfig.json and the `.js` spelling of `.ts` files. */
function withAliases(): Hook {
  const text = readFileSync(join(root, 'tsconfig.json'), 'utf8');
  const { compilerOptions } = JSON.parse(text) as { compilerOptions: { paths: Record<string, string[]> } };
  const alias = Object.fromEntries(
    Object.entries(compilerOptions.paths).map(([name, [target = '']]) => [
      name.includes('*') ? name : `${name}$`,
      join(root, target),
    ]),
  );
  return (config) => ({
    ...config,
    resolve: {
      ...config.resolve,
      alias: { ...(config.resolve?.alias as object), ...alias },
      extensionAlias: { '.js': ['.ts', '.js'] },
    },
  });
}
