import 'reflect-metadata';
import { asSpringtideError } from '@springtide/kernel';

/** `main.js` takes work; `main.js verify …` judges what others did. Neither loads what only the other one needs. */
async function main([mode, ...args]: readonly string[]): Promise<0 | 1> {
  if (mode === 'verify') return await (await import('./verify.js')).verify(args);
  await (await import('./work.js')).work();
  return 0;
}

const [mode] = process.argv.slice(2);

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (thrown: unknown) => {
    const error = asSpringtideError(thrown);
    const who = mode === 'verify' ? 'Nothing was judged' : 'The worker stopped';
    process.stderr.write(`${who}: ${error.message}\n${error.nextStep ? `${error.nextStep}\n` : ''}`);
    process.exit(error.code === 'invalid-argument' && mode === 'verify' ? 2 : 1);
  },
);
