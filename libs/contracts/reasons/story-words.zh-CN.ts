import type { storyWordsEnUS } from './story-words.en-US.js';

export const storyWordsZhCN: Readonly<Record<keyof typeof storyWordsEnUS, string>> = {
  'story.quoted': '{text}',

  'story.armed': '{who} 启动了执行。',
  'story.phase.prepare': '正在准备{phase:phase}阶段。',
  'story.phase.ready': '{phase:phase}阶段已就绪：{ready} 台主机可提供服务。',
  'story.phase.problem':
    '{phase:phase}阶段未能按计划完成：{detail}。运行中的主机保持不变；可下令继续或修改目标后重试。',
  'story.phase.late':
    '{phase:phase}阶段应在 {due:instant} 开始，开始时已迟到超过 {minutes} 分钟：其间无人推进本次执行，例如工作进程或工作流引擎离线。按活动的设定仍照常购买；新主机能提供服务之前，流量由现有主机承接。如已无必要，请停止执行（springtide run abort）。',
  'story.phase.skipped':
    '已跳过{phase:phase}阶段：它应在 {due:instant} 开始，之后超过 {minutes} 分钟无人推进，例如工作进程或工作流引擎离线。按活动的设定不再为它购买；现有主机保留，继续计费，该阶段不需要的则释放。如仍要开始，请重新设定目标：springtide run target。',
  'story.phase.waiting':
    '{activity} 尝试 {tries} 次仍未成功（{code}：{message}）。本阶段会等待并继续重试；运行中的主机保持不变，照常计费。请检查云账号或流量入口，或中止执行：springtide run abort。',
  'story.phase.waiting-service':
    '{service} 的 {activity} 尝试 {tries} 次仍未成功（{code}：{message}）。本阶段会等待并继续重试；运行中的主机保持不变，照常计费。请检查云账号或流量入口，或中止执行：springtide run abort。',
  'story.relay.late':
    '{at:instant} 发给 {workflow} 的指令尝试 {tries} 次仍未送达工作流引擎，所要求的事尚未开始：主机保持不变，照常计费。系统会一直重试，失败原因见 worker 日志。请重新下达指令，或启用紧急停止开关。',

  'story.provision.bought': '为 {service} 购买 {count} × {pool:pool}，云平台已受理 {accepted} 台。',
  'story.provision.bought-less': '{count} 台被拒（{code}）：{message}。',
  'story.provision.refused': '{count} × {pool:pool} 未能购买：{message}',
  'story.provision.silent-sent':
    '{count} × {pool:pool} 是否已购买无法得知：该云账号没有应答（{message}）。相应的名额和资金继续预留，因此不会另行购买，本阶段继续进行。请查看 springtide stuck list：在那里放弃的部分会改从别处购买。',
  'story.provision.silent-unsent':
    '{count} × {pool:pool} 没有购买：该云账号没有应答（{message}）。请求未曾发出，不产生费用；将在已批计划的其他云账号中寻找替代。',
  'story.provision.fallback': '{count} 台 {pool:pool} 未能到位（{code}）；{service} 改用：{instead:orders}。',
  'story.provision.fallback-none': '{count} 台 {pool:pool} 未能到位（{code}）；没有已批准的资源池可以替代。',
  'story.provision.shortage':
    '{service} 在{phase:phase}阶段缺少 {short} 请求/秒：{count} 台 {pool:pool} 无法获得（{code}），也没有已批准的资源池可以替代。',
  'story.provision.shortage-left':
    '{service} 在{phase:phase}阶段仍缺少 {count} × {pool:pool}：可替代的已批准资源池已无余量。',
  'story.plan.residual': '已在审批范围内重新规划剩余部分：{added:orders}。',
  'story.plan.residual-none': '已重新规划剩余部分：没有仍有余量和资金的已批准资源池可以替代。',
  'story.plan.residual-failed': '剩余部分无法重新规划：{message}。运行中的主机保持不变；缺少的部分没有替代。',
  'story.join.unhealthy': '{service} 的 {count} 台主机已运行但始终不健康，正在归还。',

  'story.guard.budget-100': '预算已用完：不再购买。运行中的主机保持不变，等待人工决定。',
  'story.guard.budget-90': '预算已使用九成。',
  'story.guard.budget-70': '预算已使用七成。',
  'story.guard.shares':
    '有人在流量入口处直接改动了 {route} 的流量：现为 {now}，应为 {ordered}。期间已付费的主机可能没有承担流量。执行会分步移回并逐步观察；如要保持现状，请先暂停执行（springtide run pause），再改动一次。',
  'story.guard.lost': '{count} 台主机消失，正在补充。',
  'story.guard.notice':
    '{service} 的 {machine}（{pool:pool}）将被云平台收回（{message}）：不再分配流量，并在审批范围内补充。',
  'story.guard.notice-mute':
    '{service} 的 {machine}（{pool:pool}）将被云平台收回（未说明原因）：不再分配流量，并在审批范围内补充。',
  'story.guard.unseen':
    '无法查看 {region} 的 {machines} 台主机（{code}：{message}）：其中是否有消失或被收回的，无从得知。它们保持不变，照常计费；每次巡检都会重试。请检查云账号：springtide account list。',
  'story.guard.timer-near':
    '{region} 的 {machines} 台主机将从 {endsAt:instant} 起被云平台终止：其定时器无法推迟（{code}：{message}）。每次续租都会重试；请检查该云账号的权限和限额。',
  'story.guard.timer-none':
    '{region} 的 {machines} 台主机在云上没有定时器，也无法设置（{code}：{message}）。它们继续运行；若 Springtide 自身失效，将没有其他机制终止它们。',
  'story.guard.entrance':
    '{route} 丢失了 {groups:list} 的成员，代理重启后会出现这种情况；成员与流量占比均已恢复。',

  'story.shift.hurry':
    '{route} 每秒收到 {requestsPerSecond} 个请求，超出现有成员的承载能力：跳过 {left} 个平缓步骤。',
  'story.shift.step': '{route}：{shares:list}。',
  'story.shift.rollback': '{route} 已回到上一次正常的流量占比。',
  'story.shift.no-home': '{route} 没有可承接流量的常备主机；流量占比保持不变。',
  'story.shift.home': '{route}：全部流量已切回常备主机。',
  'story.gate.healthy': '运行健康。',
  'story.gate.few': '未作判断，予以保留：请求数太少，不足以判断。',
  'story.gate.failing': '{group} 组的 {requests} 个请求中有 {percent}% 失败。',
  'story.gate.slow': '{group} 组平均响应 {ms} 毫秒，其他组 {fastest} 毫秒。',

  'story.demand.calm':
    '{service} 实际 {observed} 请求/秒，{phase:phase}阶段计划 {planned} 请求/秒：需求已回到计划水平，目标随之恢复。增加的主机将归还，提前归还的主机在计划仍需要时重新购买。',
  'story.demand.below-plan':
    '{service} 实际 {observed} 请求/秒，{phase:phase}阶段计划 {planned} 请求/秒；按计划的 {multiple} 倍减少主机，提前归还：{moved:orders}。',
  'story.demand.below-plan-none':
    '{service} 实际 {observed} 请求/秒，{phase:phase}阶段计划 {planned} 请求/秒；按计划的 {multiple} 倍减少主机，但没有一整台可以省下。',
  'story.demand.above-plan':
    '{service} 实际 {observed} 请求/秒，{phase:phase}阶段计划 {planned} 请求/秒；在审批范围内按计划的 {multiple} 倍应对，增加：{moved:orders}。',
  'story.demand.above-plan-none':
    '{service} 实际 {observed} 请求/秒，{phase:phase}阶段计划 {planned} 请求/秒；在审批范围内按计划的 {multiple} 倍应对，现有目标已足够。',
  'story.demand.uncovered':
    '仍有 {short} 请求/秒无法承担：已批准的资源池，以及获批的主机数和每小时花费，都没有更多余地。请规划并审批更多容量，否则响应会变慢。',

  'story.burst-at-ceiling':
    '在之后下单的主机能提供服务之前，需求可能达到 {demand}，因此需要 {wanted:machines}，但最多只允许 {machines} 台，超出的请求将得不到服务。需求为预测的 {level}%，{shift:shift}，另加 {margin}% 的余量。',
  'story.burst-above-forecast':
    '在之后下单的主机能提供服务之前，需求可能达到 {demand}，因此需要 {wanted:machines}：需求已超出预测考虑的一切情形；需求为预测的 {level}%，{shift:shift}，另加 {margin}% 的余量。',
  'story.burst-forecast-placed':
    '在之后下单的主机能提供服务之前，需求可能达到 {demand}，因此需要 {wanted:machines}：需求为预测的 {level}%，{shift:shift}，另加 {margin}% 的余量。',
  'story.burst-forecast-open':
    '在之后下单的主机能提供服务之前，需求可能达到 {demand}，因此需要 {wanted:machines}：需求为预测的 {level}%，{shift:shift}，另加 {margin}% 的余量；预测的峰值何时到来，要由后续观测确定。',

  'story.scaling.set':
    '{service} 应有 {machines} 台主机，其中 {home} 台为常备主机：本伸缩组 {to} 台，此前为 {from} 台。',
  'story.scaling.set-on':
    '{service} 应有 {machines} 台主机，其中 {home} 台为常备主机：本伸缩组 {to} 台（{pools:orders}），此前为 {from} 台。',
  'story.scaling.missing': '还需要 {missing} 台，超出获批上限：请提高上限，否则响应会变慢。',
  'story.scaling.silent':
    '{service} 没有伸缩策略，无法得知需要多少主机：本伸缩组的 {machines} 台保持不变，照常计费。请设置策略（springtide scaling set {service} --file <path>），或结束该伸缩组。',
  'story.scaling.gives-way':
    '大促活动优先于伸缩策略：{who} 需要该流量入口，因此本伸缩组在 {at:instant} 结束。入口空出后，它会在审批范围内自动恢复。',
  'story.scaling.because': '{reasons:clauses}。',

  'story.want.manual': '手动设为 {machines} 台，直到再次修改',
  'story.want.manual-until': '手动设为 {machines} 台，至 {until:instant}',
  'story.want.manual-over': '手动设置的期限 {until:instant} 已过',
  'story.want.rule': '{from} 至 {to} 为 {machines} 台（{timeZone}）',
  'story.want.no-rule': '按 {timeZone} 当前没有生效的定时规则',
  'story.want.metric': '{metric} 为 {value}，每台主机承担 {target}',
  'story.want.metric-unknown': '{metric} 无从得知：{why:clauses}',
  'story.want.forecast': '今后 {seconds} 秒内需求有 {percent}% 的概率低于 {value}，每台主机承担 {target}',
  'story.want.no-forecast': '没有预测：{why:clauses}',
  'story.want.campaign': '正在执行的大促活动占有 {machines} 台',
  'story.want.no-campaign': '该服务当前没有正在执行的大促活动',
  'story.unseen.not-read': '未读取',
  'story.unseen.no-value': '查询当前没有返回值',
  'story.unseen.short-history': '{from:instant} 至 {to:instant} 的历史中，可对照的过往周或日不足 {least} 个',

  'story.decided.no-want': '当前没有策略提出需求：现有 {current:machines}保持不变',
  'story.decided.highest': '取最高需求：{machines} 台，来自 {strategy}',
  'story.decided.fewer': '取最高需求：{machines} 台，少于现有的 {current} 台',
  'story.decided.blind':
    '{machines} 台即可，但 {strategy} 无法判断（{why:clauses}）：现有 {current:machines}保持不变',
  'story.decided.forecast-alone':
    '{machines} 台即可，但只有预测这样认为，仅凭预测不缩容：现有 {current:machines}保持不变',
  'story.decided.cool-down':
    '{machines} 台即可，但冷却时间还剩 {seconds} 秒：现有 {current:machines}保持不变',
  'story.decided.at-once': '一次最多减少 {count} 台：{machines} 台',
  'story.decided.ceiling': '上限为 {ceiling} 台：比需求少 {missing:machines}，将会短缺',
  'story.decided.floor': '下限为 {floor} 台',
  'story.decided.uncounted': '“{service}”没有流量入口能说明现有多少台主机，按 0 台计算',
  'story.month.held':
    '本月（UTC）限额 {limit} {currency}，已花费 {spent}：所需 {wanted} 台中有 {over} 台超出限额，因此只保留或购买 {machines} 台，其余不购买或归还；响应可能变慢，或请提高限额',
  'story.month.floor':
    '下限 {floor} 台仍保留至 {until:instant}，将比限额多花费 {over} {currency}；请降低下限或提高限额',
  'story.month.currency':
    '每月限额以 {limited} 计，而伸缩组以 {paid} 付费，无从得知限额内可用多少台：保持下限 {floor} 台。请以 {paid} 设置限额',

  'story.rest.leaving':
    '为 {campaigns:list} 让位：主机正在归还，消失之前照常计费。流量入口空出后，会在审批范围内自动恢复。',
  'story.rest.campaign':
    '为 {campaigns:list} 让位，直到其关闭：流量入口由其占用。主机已归还，不产生费用；关闭后一分钟内会在审批范围内自动恢复。',
  'story.rest.stop-switch': '紧急停止开关已启用，不再为其购买。开关解除后会恢复。',
  'story.rest.promised':
    '其所需资源在此期间已承诺给其他活动：{message}。没有购买任何主机；每分钟重新检查一次。',
  'story.rest.prices-unread':
    '无法读取 {pools:pools} 的现价，因此不知道审批是否仍然覆盖。没有购买任何主机；每分钟重新检查一次。请验证这些资源池所属的云账号。',
  'story.rest.prices-risen':
    '不会自动恢复：自审批以来价格上涨 {percent}%，超过 {limit}% 的上限：计划现价 {now}，审批时为 {basis}。没有购买任何主机。',
  'story.rest.prices-from-nothing':
    '不会自动恢复：自审批以来价格由零上涨，超过 {limit}% 的上限：计划现价 {now}，审批时为 {basis}。没有购买任何主机。',
  'story.rest.asked-at-prices': '已按现价为同一计划重新申请审批；批准后，伸缩组会在一分钟内恢复。',
  'story.rest.unapproved': '其计划没有有效的审批，因此不会自动恢复，也不会购买任何主机。',
  'story.rest.expired': '审批已于 {at:instant} 到期，因此不会自动恢复，也不会购买任何主机。',
  'story.rest.asked-again': '已为同一计划重新申请审批；批准后，伸缩组会在一分钟内恢复。',
  'story.rest.kept-off':
    '{who} 自 {at:instant} 起不让其恢复。不再为其购买；主机归还之后不再产生费用。在 {until:instant} 之前可随时让其恢复。',
  'story.rest.let-back':
    '{who} 允许其恢复：一分钟内会检查流量入口是否空出、审批是否仍然有效。在此之前不购买任何主机。',
  'story.rest.stopped': '其执行已被中止，因此不会恢复。',
  'story.rest.end-over': '批准的期限已在让位期间于 {end:instant} 结束。',
  'story.rest.money-spent': '批准的资金还剩 {left} {currency}，不够最便宜的主机一小时的费用。',
  'story.rest.another': '主机已全部归还，不再产生费用。如有需要，请另行规划并审批一个伸缩组。',
  'story.rest.came-back': '已于 {at:instant} 恢复，执行为 {run}。',

  'story.command.pause': '已暂停：不再购买，流量不再切换。运行中的主机继续运行，照常计费。',
  'story.command.resume': '已继续。',
  'story.command.abort': '{who} 下令中止。流量切回常备主机，主机归还。',
  'story.command.abort-because': '{who} 下令中止：{reason}。流量切回常备主机，主机归还。',
  'story.command.extend': '延长 {minutes} 分钟，至 {endsAt:instant}。',
  'story.command.raise-budget': '{who} 将预算提高到 {amount} {currency}。',
  'story.command.raise-limits': '{who} 将上限提高到 {machines} 台主机、每小时 {perHour} {currency}。',
  'story.command.change-target': '{service} 在{phase:phase}阶段的目标改为 {requestsPerSecond} 请求/秒。',
  'story.command.hold': '{who} 下令在“{at:back}”处保持，最迟至 {until:instant}。保持期间照常计费。',
  'story.command.hold-because':
    '{who} 下令在“{at:back}”处保持，最迟至 {until:instant}：{reason}。保持期间照常计费。',
  'story.command.go-on-safe': '{who} 结束了安全保持，执行继续：重新比对目标与实际。',
  'story.command.go-on': '{who} 让回收过程继续。',
  'story.command.go-on-at': '{who} 让“{at:back}”继续。',
  'story.command.skip-waiting': '{who} 结束了“{at:back}”的等待。未完成的部分稍后处理；核实证明不受影响。',

  'story.engine.safe-hold':
    '工作流引擎已不认识本次执行，执行进入安全保持：既不购买也不终止，运行中的主机继续运行并计费。请让其继续，或全部回收；到 {until:instant} 审批到期时会自动回收。',
  'story.engine.returning': '工作流引擎已不认识本次执行；回收在引擎丢失记录之前已经开始，现继续进行。',

  'story.scale-back.begin': '开始缩容回收：{reason}。',
  'story.scale-back.begin-stopped': '开始缩容回收：执行被中止。',
  'story.scale-back.begin-over': '开始缩容回收：活动已结束。',
  'story.scale-back.begin-cancelled': '开始缩容回收：执行被取消。',
  'story.scale-back.begin-failed': '开始缩容回收：执行失败（{message}）。',
  'story.scale-back.begin-switch': '开始缩容回收：紧急停止开关（{reason}）。',
  'story.scale-back.begin-lapsed': '开始缩容回收：租约已失效，没有人再驱动本次执行。',
  'story.scale-back.begin-again': '开始缩容回收：回收在引擎丢失记录之前已经开始。',
  'story.scale-back.release': '已向 {account} 归还 {count} 台主机。',
  'story.scale-back.refused': '云平台暂不允许释放 {count} 台主机（{code}：{message}）；将再次请求。',
  'story.scale-back.clean': '第 {pass} 次清单：所有云账号都已没有本次执行的任何资源。',
  'story.scale-back.left': '第 {pass} 次清单：本次执行仍有 {leftovers} 项遗留资源；缩容回收继续进行。',
  'story.scale-back.not-home':
    '{problem:clauses}。其流量占比可能仍指向已释放的主机，请求会失败，但不产生费用。请检查代理，或手动设置流量占比。',
  'story.scale-back.books':
    '已没有任何主机，但账本仍为 {machines} 台主机预留 {amount} {currency}。不产生费用；预留金额有误，需要有人核查。',
  'story.scale-back.done': '{phase:back}：完成。',
  'story.scale-back.overdue': '{phase:back}：已超过期限{waitsFor:waits}。回收先继续进行，之后再回来处理。',
  'story.scale-back.skipped': '{phase:back}：等待已由人工结束{waitsFor:waits}。之后再回来处理。',
  'story.scale-back.ahead': '{phase:back}：尚未清空{waitsFor:waits}。开始新的一轮。',
  'story.bill-check.clean': '{account} 的账单完整，且没有预期之外的费用：已计费 {billed}，预期 {expected}。',
  'story.bill-check.differs':
    '{account} 的账单与实际运行有 {count} 处不符：已计费 {billed}，预期 {expected}。云上未作任何更改。请用 springtide campaign bill-check 查看具体费用，并在云上查找是否还有主机在运行。',
  'story.bill-check.incomplete':
    '{account} 的账单还可能增加（尚无费用的主机：{count} 台）：目前计费 {billed}，预期 {expected}。每天会再次核对，最多四十天。',
  'story.bill-check.not-told': '{account} 的账单未核对：{reason}。其成本按运行秒数计算；请在该云上自行比对。',
  'story.bill-check.unreadable':
    '{account} 的账单无法读取：{reason}。是否有未发现的费用尚不清楚；每天会再试，最多四十天。请检查云账号：springtide account list。',
  'story.waits': '{waitsFor:clauses}',
  'story.waits.entrance': '{service} 的流量入口未能切回流量（{code}：{message}）',
  'story.waits.connections': '仍有 {count} 个连接未结束',
  'story.waits.uncounted': '仍在等待连接结束，剩余连接数无从统计',
  'story.waits.node': '节点 {node}：{leaving} 个 Pod 正在迁出，{held} 个暂不能驱逐',
  'story.waits.node-held': '节点 {node}：{leaving} 个 Pod 正在迁出，{held} 个暂不能驱逐（{message}）',
  'story.waits.node-failed': '节点 {node}：{message}',
  'story.waits.more-nodes': '另有 {count} 个节点待腾空',
  'story.waits.cluster': '无法读取集群 {cluster}（{message}）',
  'story.waits.not-asked': '{count} 台主机尚未请求释放',
  'story.waits.there': '{count} 台主机仍在',
  'story.waits.satellites': '{count} 个附属资源仍在',
  'story.waits.timers': '{count} 个云侧定时器仍在',
  'story.waits.unsettled': '{count} 笔购买尚未结清',
  'story.waits.listed': '清单中仍有本次执行的 {count} 台主机',
  'story.waits.outliving': '本次执行购买的主机仍留有 {count} 个附属资源',
  'story.waits.second-listing': '等待第二次清单核实，最早在 {at:instant}',
  'story.waits.unreachable':
    '{account}（{region}）自 {since:instant} 起没有执行所请求的操作（{code}：{message}）；已尝试 {tries} 次，下次重试 {nextTry:instant}',
  'story.waits.refused':
    '{account}（{region}）自 {since:instant} 起拒绝请求（{code}：{message}）；已尝试 {tries} 次，下次重试 {nextTry:instant}',
  'story.waits.refused-for-good':
    '{account}（{region}）自 {since:instant} 起拒绝请求（{code}：{message}）；已尝试 {tries} 次，须由人工决定',
  'story.waits.held': '{who} 下令保持，最迟至 {until:instant}',
  'story.waits.held-because': '{who} 下令保持，最迟至 {until:instant}：{reason}',
  'story.closed': '已关闭：全部归还，两次清单核实一致。',
  'story.closed-without': '已关闭：{count} 台主机已放弃，其余全部归还，两次清单核实一致。',
  'story.stuck.retry': '{who} 对 {count} 台主机（{kind:stuck}）选择了“立即重试”。',
  'story.stuck.adopt': '{who} 对 {count} 台主机（{kind:stuck}）选择了“接管主机”。',
  'story.stuck.abandon': '{who} 对 {count} 台主机（{kind:stuck}）选择了“放弃”：{reason}。',
  'story.stuck.cost': '在它们消失之前，每小时最多支付 {perHour} {currency}（每天 {perDay}）。',
  'story.stuck.cost-unknown': '{count} 台主机的费用无法得知；在它们消失之前持续计费。',

  'story.choice.retry': '立即再次请求云平台；费用不比等待更多。',
  'story.choice.adopt': '带有本次购买标记的一台主机归入账本：计入容量、计费，并会被回收。',
  'story.choice.abandon': '不再尝试，执行可以不等它而关闭。',
  'story.reconcile.ended':
    '{region} 的主机 {machine} 带有本次执行的标签，却不在其账本中（例如云平台在各方放弃之后才执行下单，或有人连同标签复制了主机）：正在终止。此前产生的费用未计入本次执行的任何数字，请查看该云账号的账单。',
  'story.found.retry': '立即重新读取该云账号的清单；已消失或已入账的将从列表移除。不产生费用。',
  'story.found.adopt': '指定的主机视为我方所有并立即删除，因为已没有执行需要它；此后不再产生费用。',
  'story.found.abandon': '保持现状，我方不会终止它们，也不再询问。',

  'story.outcome.done': '云平台已按要求执行。',
  'story.outcome.asked': '已再次请求云平台；见效之前仍会列在这里。',
  'story.outcome.failed': '已尝试，但没有成功（{code}：{message}）。',
  'story.outcome.abandoned': '已不再尝试。',

  'story.now.armed': '{who} 启动了执行，等待第一个阶段。',
  'story.now.came-back': '让位之后已恢复；剩余资金 {amount} {currency}。',
  'story.now.buying': '正在为 {service} 购买 {count} × {pool:pool}。',
  'story.now.safe-hold': '安全保持中：在有人作出决定之前，既不购买也不终止。',
  'story.now.returning': '正在归还 {count} 台主机。',
  'story.now.going': '等待 {machines} 台主机和 {satellites} 个附属资源消失。',
  'story.now.way-back': '回收进行到“{phase:back}”{waitsFor:waits}。',
  'story.now.way-back-end': '回收已到最后{waitsFor:waits}。',
  'story.now.closed': '已关闭：全部归还。',
  'story.now.closed-without': '已关闭：{count} 台主机已放弃，其余全部归还。',
  'story.now.stuck': '已卡住：{reason}。会一直重试，直到成功。',
  'story.stop.nothing': '本活动目前没有运行任何主机，停止不产生费用。',
  'story.stop.returns': '流量将切回常备主机，{machines} 台主机（每小时 {amount} {currency}）将被归还。',

  'story.storm.stock-out': '有意制造的故障：{account} 的 {zone} 中 {machineType} 已售罄。',
  'story.storm.zone-loss': '有意制造的故障：{account} 的可用区 {zone} 失效，失去 {machines} 台主机。',
  'story.storm.control-plane-down': '有意制造的故障：{account} 不再应答任何调用；其主机继续运行。',
  'story.storm.control-plane-back': '有意制造的故障：{account} 恢复应答。',

  'story.finding.short':
    '{phase:phase}阶段有 {served}% 的请求得到处理，容量不足持续 {minutes} 分钟。该阶段最高需求为 {asked} 请求/秒，计划为 {planned} 请求/秒，计划可处理其中的 {carried}%。',
  'story.finding.open': '执行结束 {hours} 小时后仍未关闭，状态为“{state:state}”。',
  'story.finding.leftover': '遗留 {count} 台主机。',
  'story.finding.cost': '花费 {actual} {currency}，超出预算 {budget} {currency}。',

  'order.plain': '{machines} × {pool:pool}',
  'order.phase': '{phase:phase}阶段 {machines} × {pool:pool}',
  'order.service': '{phase:phase}阶段为 {service} 增加 {machines} × {pool:pool}',
  'shift.none': '时间与预测一致',
  'shift.earlier': '比预测早 {earlier:steps}',
  'shift.later': '比预测晚 {later:steps}',
  'shift.between': '时间在比预测早 {earlier:steps}到晚 {later:steps} 之间',
  'waits.after': '（{waitsFor:clauses}）',

  'back.weights': '流量切回',
  'back.drain': '连接排空',
  'back.evict': '节点腾空',
  'back.terminate': '请求释放主机',
  'back.gone': '复核主机已释放',
  'back.satellites': '清理附属资源',
  'back.reservations': '结清预留',
  'back.timers': '云侧定时器结束',
  'back.proof': '两次清单核实',
  'back.bill-check': '账单核对已排期',
  'state.armed': '待启动',
  'state.ramping': '扩容中',
  'state.holding': '保持',
  'state.paused': '已暂停',
  'state.safe-hold': '安全保持',
  'state.scaling-back': '缩容回收中',
  'state.verifying': '核实回收',
  'state.stuck': '已卡住',
  'stuck.creating': '一直未运行',
  'stuck.unknown-outcome': '结果未知',
  'stuck.deleting': '已答应释放但仍在',
  'stuck.not-deleted': '未获释放',
  'stuck.found-by-tag': '带有我方标签，账本中没有',
};
