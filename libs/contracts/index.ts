export * from './account.js';
export * from './after-action.js';
export * from './audit.js';
export * from './bill-check.js';
export * from './campaign.js';
export * from './cluster.js';
export * from './cost.js';
export * from './demand-reference.js';
export * from './demand.js';
export * from './identity.js';
export * from './inventory.js';
export * from './link.js';
export * from './permission.js';
export * from './plan.js';
export * from './plan-comparison.js';
export * from './probe.js';
export {
  asTold,
  englishOf,
  explanationSections,
  readinessSentence,
  reasonSentence,
  storyText,
} from './reasons/reason-sentence.js';
export {
  readinessWordsEnUS as READINESS_WORDS,
  type ReadinessCode,
} from './reasons/readiness-words.en-US.js';
export { Sentence, clausesFact, ordersFact, sentence, type SentenceCode } from './reasons/sentence.js';
export * from './readiness.js';
export * from './rehearsal.js';
export * from './resource.js';
export * from './run.js';
export * from './scalars.js';
export * from './stuck.js';
export * from './scaling.js';
export { ruleInForce } from './scaling-schedule.js';
export * from './template.js';
export * from './traffic.js';
export * from './way-back.js';
export * from './http/index.js';
export * from './messages/index.js';
