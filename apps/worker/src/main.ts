import 'reflect-metadata';
import { asSpringtideError } from '@springtide/kernel';

/**
 * `main.js` takes work; `main.js verify …` judges what others did; `main.js rehearse` lives through a plan. None loads what
 * only another one needs.
 */
async function main([mode, ...args]: readonly string[]): Promise<0 | 1> {
  if (mode === 'verify') return await (await import('./verify.js')).verify(args);
  if (mode === 'rehearse') return await (await import('./rehearsal/rehearse.js')).rehearse();
  await (await import('./work.js')).work();
  return 0;
}

const [mode] = process.argv.slice(2);
const WITHOUT_RESULT: Readonly<Record<string, string>> = {
  verify: 'Nothing was judged',
  rehearse: 'The rehearsal did not come to its end, and says nothing about the plan',
};

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (thrown: unknown) => {
    const error = asSpringtideError(thrown);
    const who = WITHOUT_RESULT[mode ?? ''] ?? 'The worker stopped';
    process.stderr.write(`${who}: ${error.message}\n${error.nextStep ? `${error.nextStep}\n` : ''}`);
    process.exit(error.code === 'invalid-argument' && mode === 'verify' ? 2 : 1);
  },
);
