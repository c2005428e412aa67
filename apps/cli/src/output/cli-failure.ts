import { EXIT, type ExitCode } from './exit-code.js';

/** A failure that the command itself noticed: what happened, and what to do. */
export class CliFailure extends Error {
  override readonly name = 'CliFailure';

  constructor(
    message: string,
    readonly exitCode: ExitCode = EXIT.error,
    readonly nextStep: string | null = null,
  ) {
    super(message);
  }
}
