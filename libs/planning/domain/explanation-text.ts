import { decimal } from '@springtide/kernel';
import type { PlanReason, ReasonCode } from './capacity-plan.js';

export type ExplanationLanguage = 'en-US' | 'zh-CN';

const CAUSES: Readonly<Record<ExplanationLanguage, Readonly<Record<string, string>>>> = {
  'en-US': {
    budget: 'the budget is spent',
    quota: 'quota is used up',
    stock: 'no stock is left',
    'zone-loss': 'too little can be placed outside one zone',
    'hourly-ceiling': 'the hourly spending ceiling is reached',
    'spot-limit': 'only spot capacity is left and its share is limited',
    'no-pool': 'no pool is allowed for it',
    subnet: 'the networks have no free address left',
    link: 'the line between the sites is full',
    'launch-limit': 'the cloud takes no more orders in the time',
    'lead-time': 'machines ordered now would come too late',
    promised: 'other campaigns hold the machines',
    'zone-share': 'its share in one zone is limited',
    'spot-pool-share': 'its share in one spot pool is limited',
  },
  'zh-CN': {
    budget: '预算已用完',
    quota: '配额已用尽',
    stock: '库存不足',
    'zone-loss': '单个可用区之外可放置的容量不足',
    'hourly-ceiling': '已达到每小时花费上限',
    'spot-limit': '只剩竞价实例且其占比受限',
    'no-pool': '没有允许使用的资源池',
    subnet: '网络中没有可用地址',
    link: '站点之间的专线带宽已满',
    'launch-limit': '云平台在该时间内无法接受更多开机请求',
    'lead-time': '现在下单也来不及就绪',
    promised: '主机已被其他活动占用',
    'zone-share': '单个可用区的占比受限',
    'spot-pool-share': '单个竞价资源池的占比受限',
  },
};

/** What would have to give. */
const RELIEFS: Readonly<Record<ExplanationLanguage, Readonly<Record<string, string>>>> = {
  'en-US': {
    budget: 'a larger budget',
    quota: 'more quota',
    stock: 'more machines in stock',
    subnet: 'more free addresses',
    link: 'a wider line',
    'launch-limit': 'more starts in the time',
    'hourly-ceiling': 'no ceiling on hourly spending',
    'lead-time': 'ordering early enough for every pool',
    promised: 'what other campaigns hold',
    'zone-share': 'no largest share in one zone',
    'spot-pool-share': 'no largest share in one spot pool',
    'spot-limit': 'no limit to spot capacity',
    'zone-loss': 'not having to survive the loss of a zone',
  },
  'zh-CN': {
    budget: '增加预算',
    quota: '提高配额',
    stock: '增加库存',
    subnet: '增加可用地址',
    link: '扩容专线',
    'launch-limit': '在时间窗内允许更多开机',
    'hourly-ceiling': '取消每小时花费上限',
    'lead-time': '提前到足以使用所有资源池的时间下单',
    promised: '释放其他活动占用的资源',
    'zone-share': '取消单区占比上限',
    'spot-pool-share': '取消单个竞价资源池占比上限',
    'spot-limit': '取消竞价实例占比限制',
    'zone-loss': '不要求承受单个可用区失效',
  },
};

/** `{name}` stands for a parameter; `{causes}` for the causes in words. */
const TEXTS: Readonly<Record<ExplanationLanguage, Readonly<Record<ReasonCode, string>>>> = {
  'en-US': {
    shortage: '{class} is short of {units} units in {phase}: {causes}.',
    'budget-binding':
      'The budget of {budget} {currency} shaped this plan: without it the plan would cost {needed} {currency}.',
    'budget-short':
      'The budget of {budget} {currency} is too small: carrying all demand needs {needed} {currency}, {missing} {currency} more.',
    'private-share':
      'Private capacity carries {privateMachineHours} machine-hours ({privateCost} {currency}); {publicMachineHours} machine-hours are bought ({publicCost} {currency}).',
    'private-full': '{full} of {of} private pools run at their limit, so the rest is bought: {pools}.',
    'pool-chosen':
      '{class} gets up to {machines} machines of {pool} ({option}) at {pricePerUnitHour} {currency} per {unit} and hour.',
    'cheaper-pools-full':
      '{full} pools cheaper than {dearest} are fully used, so {class} also uses dearer ones ({allowed} pools are allowed).',
    'quota-binding':
      'Quota {quota} is used up: each vCPU more of it would make the plan about {savingPerVcpu} {currency} cheaper.',
    'stock-binding':
      'All machines of {pool} that can be had are used: each one more would make the plan about {savingPerMachine} {currency} cheaper.',
    'zone-spread':
      '{class} is spread over zones so that {percent} % of its demand survives the loss of any one.',
    'spot-limit': 'Spot capacity for {class} is held at {percent} %; more of it would be cheaper.',
    'hourly-ceiling-binding':
      '{account} may cost no more than {perHour} {currency} per hour, and does: each {currency} per hour more would make the plan about {savingPerUnit} {currency} cheaper.',
    'subnet-binding':
      'Network {subnet} has no free address left: one more would save about {savingPerAddress} {currency}.',
    'link-binding': 'The line {link} is full: each Mbit/s more would save about {savingPerMbps} {currency}.',
    'launch-limit-binding':
      'Orders through {limit} are as many as its API takes in time: one more start would save about {savingPerStart} {currency}.',
    'promised-binding':
      'Other campaigns hold machines of {pool}: one more of them would save about {savingPerMachine} {currency}.',
    'zone-share-binding':
      '{what} is at its largest share; each unit more there would save about {saving} {currency}.',
    'spot-pool-share-binding':
      '{what} is at its largest share of one spot pool; each unit more there would save about {saving} {currency}.',
    relief:
      'What would end {closesPercent} % of the shortage, {kind}: {amounts}. The plan would then cost {cost} {currency} ({dearer} {currency} more).',
    'relief-rule':
      'What would end {closesPercent} % of the shortage: {kind}. The plan would then cost {cost} {currency} ({dearer} {currency} more).',
    'no-relief':
      'No single limit that could be lifted ends any of the shortage: more pools must be allowed for it, or the demand must shrink.',
    alternatives: 'If machines for {class} in {phase} cannot be had as planned, the next best are: {pools}.',
    'kept-with-class':
      'Machines of {pool} stay with their service through all phases: they cannot change hands while both need them.',
    'proven-gap':
      'No plan whose private machines cost the same can be more than {gapPercent} % cheaper than this one, missing capacity counted in.',
    'solver-missing':
      'This plan obeys every rule, but it is not known how much cheaper another one could be ({trouble}).',
  },
  'zh-CN': {
    shortage: '{class} 在 {phase} 阶段缺少 {units} 个单位:{causes}。',
    'budget-binding': '预算 {budget} {currency} 影响了本方案:不设预算时方案费用为 {needed} {currency}。',
    'budget-short':
      '预算 {budget} {currency} 不足:满足全部需求需要 {needed} {currency},还差 {missing} {currency}。',
    'private-share':
      '私有容量承担 {privateMachineHours} 主机小时({privateCost} {currency});购买 {publicMachineHours} 主机小时({publicCost} {currency})。',
    'private-full': '{of} 个私有资源池中有 {full} 个已满,其余部分需购买:{pools}。',
    'pool-chosen':
      '{class} 最多使用 {pool}({option})的 {machines} 台主机,单价为每 {unit} 每小时 {pricePerUnitHour} {currency}。',
    'cheaper-pools-full':
      '比 {dearest} 便宜的 {full} 个资源池已用满,因此 {class} 也使用较贵的资源池(共允许 {allowed} 个)。',
    'quota-binding': '配额 {quota} 已用尽:每增加 1 个 vCPU,方案约可便宜 {savingPerVcpu} {currency}。',
    'stock-binding': '{pool} 可用的主机已全部用上:每增加 1 台,方案约可便宜 {savingPerMachine} {currency}。',
    'zone-spread': '{class} 分布在多个可用区,任一可用区失效后仍保留 {percent}% 的需求容量。',
    'spot-limit': '{class} 的竞价实例占比限制为 {percent}%;放宽会更便宜。',
    'hourly-ceiling-binding':
      '{account} 的每小时上限 {perHour} {currency} 受限:每放宽一个货币单位约可节省 {savingPerUnit} {currency}。',
    'subnet-binding': '网络 {subnet} 已无可用地址:每增加 1 个地址约可节省 {savingPerAddress} {currency}。',
    'link-binding': '专线 {link} 带宽已满:每增加 1 Mbit/s 约可节省 {savingPerMbps} {currency}。',
    'launch-limit-binding':
      '{limit} 的接口开机请求已达时间窗上限:每多开 1 台约可节省 {savingPerStart} {currency}。',
    'promised-binding': '{pool} 的主机被其他活动占用:每多 1 台约可节省 {savingPerMachine} {currency}。',
    'zone-share-binding': '{what} 已达单区占比上限:每放宽一个单位约可节省 {saving} {currency}。',
    'spot-pool-share-binding':
      '{what} 已达单个竞价资源池占比上限:每放宽一个单位约可节省 {saving} {currency}。',
    relief:
      '可消除 {closesPercent}% 缺口的办法,{kind}:{amounts}。届时方案费用为 {cost} {currency}(增加 {dearer} {currency})。',
    'relief-rule':
      '可消除 {closesPercent}% 缺口的办法:{kind}。届时方案费用为 {cost} {currency}(增加 {dearer} {currency})。',
    'no-relief': '放宽任何单一限制都不能减少缺口:需要允许更多资源池,或减少需求。',
    alternatives: '若 {phase} 阶段 {class} 的主机无法按计划取得,次优选择依次为:{pools}。',
    'kept-with-class': '{pool} 的主机在各阶段固定归属同一服务:切换阶段时双方同时需要,无法转手。',
    'proven-gap': '在私有主机费用相同的前提下,任何其他方案最多只能再便宜 {gapPercent}%(已计入缺口)。',
    'solver-missing': '本方案遵守所有规则,但尚不知道其他方案最多能便宜多少({trouble})。',
  },
};

/** One reason as a plain sentence. */
export function reasonText(reason: PlanReason, language: ExplanationLanguage): string {
  const separator = language === 'zh-CN' ? ';' : '; ';
  return TEXTS[language][reason.code].replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(reason.params[name] ?? '');
    if (name === 'kind') return RELIEFS[language][value] ?? value;
    if (name !== 'causes') return readable(value);
    const causes = value.split(', ').map((cause) => CAUSES[language][cause] ?? cause);
    return causes.join(separator);
  });
}

/** Long decimals are exact in the data; a sentence shows six places. */
function readable(value: string): string {
  return /^-?\d+\.\d{7,}$/.test(value) ? decimal(value).toDecimalPlaces(6).toString() : value;
}

export function explanationText(
  reasons: readonly PlanReason[],
  language: ExplanationLanguage,
): readonly string[] {
  return reasons.map((reason) => reasonText(reason, language));
}
