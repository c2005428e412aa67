export {
  createClient,
  type ApiClient,
  type CallArguments,
  type CallParts,
  type ClientOptions,
  type FetchAnswer,
  type FetchLike,
} from './client.js';
export { ApiProblem, ProblemBody } from './problem.js';
export {
  defineRoute,
  pathOf,
  type Answer,
  type HttpMethod,
  type ParsedBody,
  type ParsedParams,
  type ParsedQuery,
  type RouteSpec,
  type SentBody,
  type SentParams,
  type SentQuery,
} from './route.js';
export { routes } from './routes.js';
export { unknownNames } from './unknown-names.js';
