import type { reasonWordsEnUS } from './words.en-US.js';

export const reasonWordsZhCN: Readonly<Record<keyof typeof reasonWordsEnUS, string>> = {
  'topic.summary': '概要',
  'topic.missing': '缺什么，怎样补上',
  'topic.machines': '主机从哪里来',
  'topic.money': '为什么不能更便宜',
  'topic.failure': '万一出故障',
  'topic.time': '提前多久下单',
  'topic.ground': '计划的依据',

  'reason.in-short':
    '本计划以 {cost:money} 满足全部需求：同时最多 {machines:number} 台主机，来自 {places:list}。预算为 {budget:money}。',
  'reason.in-short-missing':
    '本计划费用为 {cost:money}，不能满足全部需求：{phase:phase}阶段只能承担 {service} 需求的 {percent}%。预算为 {budget:money}。',
  'reason.in-short-thin':
    '本计划以 {cost:money} 满足需求本身，但未能留足所要求的余量。预算为 {budget:money}。',
  'reason.in-short-nothing': '常备主机已能满足全部需求，无需购买。预算为 {budget:money}。',

  'reason.placeless-no-offering':
    '本计划的云账号中没有任何在售规格，因此无处承载 {service}：请选择其他云账号，或读取其行情。',
  'reason.placeless-unmeasured':
    '在售的规格（{types}）都没有 {service} 的单机容量实测值：请实测其中一种（springtide capacity fit）并写入模板的容量模型。',
  'reason.placeless-no-image':
    '模板没有为 {places} 指定 {service} 的镜像：请为该云账号、其云类型或全部云指定一个。',
  'reason.placeless-nothing-left': '{service} 可用的规格中，没有一种既以预算货币计价又有库存。',
  'reason.route-clash':
    '活动“{campaign}”（{from} 至 {until}）同时使用同一流量入口：两者只能启动一个。请调整其中一个的时间，或合并为一个活动规划。',
  'reason.shortage':
    '{class} 在{phase:phase}阶段缺少 {units:number} {unit:unit}{others:others}：{causes:causes}。',
  'reason.budget-short':
    '预算 {budget:money} 不足：满足全部需求至少需要 {needed:money}，至少还差 {missing:money}。',
  'reason.relief':
    '以下办法可补上缺口的 {closesPercent}%：{kind:relief}，即 {amounts}。届时计划费用为 {cost:money}，比现在多 {dearer:money}。',
  'reason.relief-rule':
    '以下办法可补上缺口的 {closesPercent}%：{kind:relief}。届时计划费用为 {cost:money}，比现在多 {dearer:money}。',
  'reason.no-relief': '只放宽某一项限制无济于事：需要允许更多资源池，或减少需求。',

  'reason.rehearses':
    '这是计划 {plan} 的 {percent}%，用于在真实的云上演练：每个所用资源池都按此比例购买，至少 1 台。',
  'reason.standing-fleet':
    '{service} 常备的 {machines:machines}已能承担每秒 {requestsPerSecond:number} 个请求，只规划超出的部分。',
  'reason.private-share':
    '自有主机合计工作 {privateMachineHours:hours}（{privateCost:money}），购买的主机合计工作 {publicMachineHours:hours}（{publicCost:money}）。',
  'reason.private-full':
    '自有容量的 {of:number} 处中有 {full:number} 处已用满，其余需要购买：{pools:pools}。',
  'reason.pool-chosen':
    '{class} 最多使用 {machines:number} 台 {pool:pool}（{option:option}）：每台每小时 {pricePerHour:price}，可承担 {units:number} {unit:unit}。',
  'reason.cheaper-pools-full':
    '{class} 为什么不只用更便宜的主机：可用的 {allowed:number} 种中有 {full:number} 种比 {dearest:pool} 便宜，但已经买不到更多。',
  'reason.kept-with-class': '以下主机各自始终归同一服务使用，因为有两个服务同时需要它们：{pools:pools}。',
  'reason.alternatives':
    '若{phase:phase}阶段 {class} 的主机无法按计划买到，接下来依次是（性价比从高到低）：{pools:pools}。',

  'reason.budget-binding': '预算 {budget:money} 影响了本计划：不设预算时会做出的计划费用为 {needed:money}。',
  'reason.quota-binding': '配额 {quota} 已用尽：每多 1 个 vCPU，约可节省 {savingPerVcpu:price}。',
  'reason.stock-binding':
    '{pool:pool} 能买到的主机已全部用上：每多 1 台，约可节省 {savingPerMachine:price}。',
  'reason.hourly-ceiling-binding':
    '{account:account}的花费每小时不得超过 {perHour:money}，本计划已达到上限：上限每提高 {one:money}，约可节省 {savingPerUnit:price}。',
  'reason.subnet-binding': '网络 {subnet} 已无可用地址：每多 1 个，约可节省 {savingPerAddress:price}。',
  'reason.link-binding': '专线 {link} 带宽已满：每多 1 Mbit/s，约可节省 {savingPerMbps:price}。',
  'reason.launch-limit-binding':
    '{limit} 在可用时间内无法接受更多下单：每多开 1 台，约可节省 {savingPerStart:price}。',
  'reason.promised-binding':
    '其他活动占用了 {pool:pool} 的主机：每让出 1 台，约可节省 {savingPerMachine:price}。',
  'reason.zone-share-binding':
    '{what} 已达到单个可用区允许的最大占比：每多放 1 个单位的需求，约可节省 {saving:price}。',
  'reason.spot-pool-share-binding':
    '{what} 已达到单个竞价资源池允许的最大占比：每多放 1 个单位的需求，约可节省 {saving:price}。',
  'reason.zone-spread':
    '{class} 的主机分布在多个可用区，任何一个失效后仍能承担 {percent}% 的需求；不这样要求会更便宜。',
  'reason.spot-limit': '{class} 最多 {percent}% 使用竞价实例，云平台可随时收回这类主机；放宽占比会更便宜。',
  'reason.held-binding': '活动“{campaign}”同时占用 {what}；本计划用尽了其余部分。',

  'reason.outage-zone':
    '若可用区 {name} 在{phase:phase}阶段失效，{machines:number} 台主机中会失去 {lost:number} 台，{service} 仍能承担 {percent}% 的需求；补上之前每分钟有 {unserved:number} 个请求得不到响应。{replacing:replacing}',
  'reason.outage-account':
    '若云账号 {name} 在{phase:phase}阶段整体失效，{machines:number} 台主机中会失去 {lost:number} 台，{service} 仍能承担 {percent}% 的需求；补上之前每分钟有 {unserved:number} 个请求得不到响应。{replacing:replacing}',
  'reason.outage-spot':
    '若云平台在{phase:phase}阶段同时收回全部竞价实例，{machines:number} 台主机中会失去 {lost:number} 台，{service} 仍能承担 {percent}% 的需求；补上之前每分钟有 {unserved:number} 个请求得不到响应。{replacing:replacing}',
  'reason.outage-zone-survived':
    '任何一个可用区失效，仍能满足全部需求。最坏的是{phase:phase}阶段失去 {name}：{machines:number} 台主机中失去 {lost:number} 台，无需另行购买。',
  'reason.outage-account-survived':
    '任何一个云账号整体失效，仍能满足全部需求。最坏的是{phase:phase}阶段失去 {name}：{machines:number} 台主机中失去 {lost:number} 台，无需另行购买。',
  'reason.outage-spot-survived':
    '云平台同时收回全部竞价实例，仍能满足全部需求：{phase:phase}阶段 {machines:number} 台主机中失去 {lost:number} 台，无需另行购买。',
  'replacing.all':
    '用本计划允许的资源池顶上需要 {standIns:number} 台主机，每小时 {standInPerHour:money}；失去的主机原本每小时 {lostPerHour:money}。',
  'replacing.part':
    '本计划允许的资源池能补上其中的 {closes}%：{standIns:number} 台主机，每小时 {standInPerHour:money}；失去的主机原本每小时 {lostPerHour:money}。',
  'replacing.none': '本计划允许的资源池已无余量可以顶上；失去的主机原本每小时 {lostPerHour:money}。',

  'reason.late-start':
    '{phase:phase}阶段开始时，现在下单的主机还不能提供服务（需 {seconds:number} 秒）：在此之前只有现有容量。',
  'reason.boot-measured':
    '{type} 的主机按 {p90:number} 秒启动计算：最近 {machines:number} 台中九成不超过这个时间，半数不超过 {p50:number} 秒。',
  'reason.boot-declared':
    '{account} 的主机按服务商声明的 {seconds:number} 秒启动计算：那里没有一种主机实测满 {enough:number} 台。',
  'reason.api-time':
    '{account}（{region}）仅接受{phase:phase}阶段新增的 {machines:number} 台主机的下单就需要 {seconds:number} 秒（{calls:number} 次调用）。',

  'reason.proven-best': '已证明：遵守同样规则、同样多用自有主机的其他计划，没有更便宜的。',
  'reason.proven-gap': '已证明：遵守同样规则、同样多用自有主机的其他计划，最多只能再便宜 {gapPercent}%。',
  'reason.proven-best-short': '已证明：费用与缺口合并衡量，没有更好的计划。',
  'reason.proven-gap-short': '已证明：费用与缺口合并衡量，其他计划最多只能再好 {gapPercent}%。',
  'reason.solver-missing': '本计划遵守所有规则；时间太短，未能证明其他计划最多能便宜多少。',
  'reason.held': '活动“{campaign}”同时占用 {what}；余量足够本计划使用。',
  'reason.capacity-basis':
    '按 {type} 单机在 {latency:number} 毫秒内承担 {service} {requestsPerSecond:number} 请求/秒计算：{evidence}。',
  'reason.link-untold':
    '没有人声明本地与 {places:list} 之间的专线，因此它不作为本计划的限制（springtide link set）。',
  'reason.addresses-untold': '无法得知 {places:list} 有多少可用地址，因此地址不作为本计划的限制。',
  'reason.left-out-unknown-price': '{count:number} 个售卖规格未采用：价格未知，无价不买。',
  'reason.left-out-sold-out': '{count:number} 个售卖规格未采用：已售罄。',
  'reason.left-out-not-usable': '{count:number} 个售卖规格未采用：没有服务为其测量过容量并提供镜像。',
  'reason.left-out-other-currency': '{count:number} 个售卖规格未采用：计价货币与预算不同。',

  'cause.budget': '预算已用完',
  'cause.quota': '配额已用尽',
  'cause.stock': '库存不足',
  'cause.zone-loss': '单个可用区之外可放置的容量不足',
  'cause.hourly-ceiling': '已达到每小时花费上限',
  'cause.spot-limit': '只剩竞价实例且其占比受限',
  'cause.no-pool': '没有允许使用的资源池',
  'cause.subnet': '网络中没有可用地址',
  'cause.link': '站点之间的专线带宽已满',
  'cause.launch-limit': '云平台在该时间内无法接受更多开机请求',
  'cause.lead-time': '现在下单也来不及就绪',
  'cause.promised': '主机已被其他活动占用',
  'cause.zone-share': '单个可用区的占比受限',
  'cause.spot-pool-share': '单个竞价资源池的占比受限',

  'relief.budget': '增加预算',
  'relief.quota': '提高配额',
  'relief.stock': '增加库存',
  'relief.subnet': '增加可用地址',
  'relief.link': '扩容专线',
  'relief.launch-limit': '在时间窗内允许更多开机',
  'relief.hourly-ceiling': '取消每小时花费上限',
  'relief.lead-time': '提前到足以使用所有资源池的时间下单',
  'relief.promised': '释放其他活动占用的资源',
  'relief.zone-share': '取消单区占比上限',
  'relief.spot-pool-share': '取消单个竞价资源池占比上限',
  'relief.spot-limit': '取消竞价实例占比限制',
  'relief.zone-loss': '不要求承受单个可用区失效',

  'phase.prewarm': '预热',
  'phase.ramp': '爬坡',
  'phase.peak': '峰值',
  'phase.plateau': '平台期',
  'phase.decay': '回落',
  'option.private': '自有',
  'option.reserved': '预留',
  'option.on-demand': '按量',
  'option.spot': '竞价',
  'others.more': '，另有 {count} 个阶段缺得较少',
  'list.more': '另外 {count} 个',
  'price.per-hour': '每小时 {price}',
  'account.*': '所有云账号合计',
  'unit.requests/s': '请求/秒',
};
