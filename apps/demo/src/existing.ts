import { ApiProblem } from '@springtide/contracts';

/**
 * Makes something, or finds it where the server had made it but died before it could say so: the request was then
 * repeated, and refused as a double.
 */
export async function makeOrFind<T>(make: () => Promise<T>, find: () => Promise<T | undefined>): Promise<T> {
  try {
    return await make();
  } catch (thrown) {
    if (!(thrown instanceof ApiProblem) || thrown.status !== 409) throw thrown;
    const found = await find();
    if (found === undefined) throw thrown;
    return found;
  }
}
