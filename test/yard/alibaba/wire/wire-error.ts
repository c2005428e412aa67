/** An answer in the vendor's shape of an error: HTTP status, code and message. */
export class WireError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'WireError';
  }
}

export function missingParameter(name: string): WireError {
  const text = `The input parameter "${name}" that is mandatory for processing this request is not supplied.`;
  return new WireError(400, 'MissingParameter', text);
}

export function invalidParameter(name: string, why: string): WireError {
  return new WireError(400, 'InvalidParameter', `The specified parameter "${name}" is not valid: ${why}.`);
}

export function notFound(what: string, id: string): WireError {
  return new WireError(404, `Invalid${what}.NotFound`, `The specified ${what} "${id}" does not exist.`);
}
