/** A refusal in the vendor's words. It travels with HTTP 200, as every answer of this cloud does. */
export class WireError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
