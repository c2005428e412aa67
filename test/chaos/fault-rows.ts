/** A test that shows a part of a row. The spec of the table checks that it is there. */
type Proof = Readonly<{ file: string; test: string }>;

export type FaultRow = Readonly<{
  id: FaultId;
  fault: string;
  injected: string;
  expected: string;
  /** What counts as passed, as a number where there is one. */
  pass: string;
  proofs: readonly Proof[];
  /** What of the row nothing shows yet; left out when all of it is shown. */
  open?: string;
}>;

export type FaultId = `F${number}`;

const CONTRACT = 'libs/effects/testing/ledger-contract.ts';
const CRASHES = 'libs/effects/testing/crash-contract.ts';
const RAILS = 'libs/effects/testing/rails-contract.ts';
const RETURN = 'libs/effects/testing/return-contract.ts';
const RULES = 'libs/provider-kit/conformance/RULES.md';
const RECONCILER = 'libs/effects/reconciler.spec.ts';
const WINDOWS = 'test/chaos/crash-windows.e2e.spec.ts';
const SLEEPERS = 'test/chaos/sleepers.e2e.spec.ts';
const API = 'test/chaos/api.e2e.spec.ts';
const CAMPAIGNS = 'test/chaos/campaigns.e2e.spec.ts';
const ENGINES = 'test/chaos/engines.e2e.spec.ts';
const INTERRUPTED = 'test/e2e/campaign-interrupted.e2e.spec.ts';
const CLOCKS = 'test/chaos/wrong-clocks.e2e.spec.ts';
const HERD = 'test/chaos/herd.spec.ts';
const STOP = 'test/chaos/stop-switch.e2e.spec.ts';
const BAD_INPUT = 'test/e2e/bad-input.e2e.spec.ts';
const LIMITER = 'libs/provider-kit/client/limiter/rate-limiter.medium.spec.ts';
const LATE = 'workflows/run/late-start.workflow.spec.ts';
const OTHERS = 'test/chaos/other-accounts.e2e.spec.ts';
const RUN = 'workflows/run/run.workflow.spec.ts';
const COMMANDS = 'workflows/run/run-commands.workflow.spec.ts';
const UPGRADE = 'workflows/run/rolling-upgrade.workflow.spec.ts';
const SILENT = 'libs/campaigns/silent-account.medium.spec.ts';
const BAD_BUILD = 'workflows/run/bad-deploy.workflow.spec.ts';
const WAY_BACK = 'libs/campaigns/way-back.medium.spec.ts';

/** The fault matrix: what is broken, how, and what must come of it. docs/reliability.md is written from it. */
export const FAULT_ROWS: readonly FaultRow[] = [
  {
    id: 'F1',
    fault: 'a worker is killed in any crash window, w1 to w6',
    injected:
      'SIGKILL at a named fail point or while an answer is on the way; every commit and call in one process',
    expected: 'goes on; adopts by token or tag; nothing is bought twice, nothing is left',
    pass: '0 violations; real processes go on within heartbeat timeout + 10 s',
    proofs: [
      { file: WINDOWS, test: 'killed with SIGKILL in every window' },
      { file: CAMPAIGNS, test: 'F4: a worker that is stopped while it buys' },
      { file: CRASHES, test: 'survives a second end while it recovers from the first' },
    ],
  },
  {
    id: 'F2',
    fault: 'all workers are gone, then back',
    injected: 'SIGKILL of both workers on the way back; `npm run bench -- recovery` for the backlog',
    expected: 'the backlog drains, no step is skipped, nothing is deleted early',
    pass: '1,000 tasks in 60 s or less',
    proofs: [{ file: CAMPAIGNS, test: 'F2: all workers are killed on the way back' }],
  },
  {
    id: 'F3',
    fault: 'the API is killed during a POST',
    injected: 'SIGKILL before and after its commit, with up to 100 requests in flight',
    expected: 'repeated with its key, a request has its effect once and gets that answer',
    pass: '100 repeats, 1 effect each',
    proofs: [{ file: API, test: 'F3: the API is killed in the middle of requests' }],
  },
  {
    id: 'F4',
    fault: 'a worker is paused while it holds work, and wakes up',
    injected: 'SIGSTOP at a fail point until others have taken over, then SIGCONT',
    expected: 'the woken one is fenced off, or finds its deadline past; it sends nothing',
    pass: '0 stale calls in 200 runs, at both places',
    proofs: [
      { file: SLEEPERS, test: 'a worker that sleeps (SIGSTOP) while others take its work over' },
      { file: CAMPAIGNS, test: 'F4: a worker that is stopped while it buys' },
      { file: RAILS, test: 'refuses an owner that slept while another one took over' },
    ],
  },
  {
    id: 'F5',
    fault: 'a call, request or activity is delivered several times',
    injected: 'the fault proxy sends half of all changes three times; a double click on a decision',
    expected: 'one effect',
    pass: '0 extra',
    proofs: [
      { file: CAMPAIGNS, test: 'F5, F6, F9: it buys although answers are lost' },
      { file: CONTRACT, test: 'gives the same machines however often the same effect is asked for' },
      { file: RULES, test: 'P-14' },
      { file: BAD_INPUT, test: 'a double click decides once' },
    ],
  },
  {
    id: 'F6',
    fault: 'carried out, but the answer is lost',
    injected: 'the fault proxy forwards and cuts the connection',
    expected: 'the same token gives the same machines; a deletion is repeated',
    pass: '0 duplicates, per provider',
    proofs: [
      { file: CAMPAIGNS, test: 'F5, F6, F9: it buys although answers are lost' },
      { file: CONTRACT, test: 'does not double what came of a call without an answer' },
      { file: RULES, test: 'P-56' },
      { file: RULES, test: 'P-46' },
    ],
  },
  {
    id: 'F7',
    fault: 'the answer comes after the deadline',
    injected: 'held beyond the deadline by the cloud or a front before it',
    expected: 'ignored or adopted, never doubled, never hidden',
    pass: '0 duplicates, per provider',
    proofs: [
      { file: RULES, test: 'P-57' },
      { file: CONTRACT, test: 'takes over a late answer of an older generation' },
    ],
  },
  {
    id: 'F8',
    fault: 'throttling',
    injected: 'token buckets of the simulated clouds',
    expected: 'one budget per account, region and API shared by all workers; progress without a storm',
    pass: 'calls at most 1.3 × ideal, time at most 1.5 × ideal',
    proofs: [
      { file: RULES, test: 'P-50' },
      { file: CONTRACT, test: 'sends the same token again after throttling' },
      { file: LIMITER, test: 'tells all processes that the cloud throttled' },
      { file: HERD, test: 'F8: two hundred machines behind' },
    ],
  },
  {
    id: 'F9',
    fault: 'bursts of 503',
    injected: 'the fault proxy refuses a fifth of the calls of one cloud for a whole campaign',
    expected: 'repeated with growing pauses; other accounts go on',
    pass: 'the campaign comes to its end; p95 of others within 10 %',
    proofs: [
      { file: CAMPAIGNS, test: 'F5, F6, F9: it buys although answers are lost' },
      { file: WAY_BACK, test: 'lets an account that does not answer keep no other waiting' },
      { file: SILENT, test: 'is left after a while: nothing was sent' },
      { file: OTHERS, test: 'F9: other accounts are answered as fast as without it' },
    ],
  },
  {
    id: 'F10',
    fault: 'what was created is not visible for a while',
    injected: 'read lag of the simulated clouds',
    expected: 'nothing is bought again inside the lag; absence needs two answers a lag apart',
    pass: '0 duplicates',
    proofs: [
      { file: CONTRACT, test: 'buys afresh only when two complete answers a lag apart' },
      { file: RULES, test: 'P-36' },
    ],
  },
  {
    id: 'F11',
    fault: 'a listing is cut, empty or fails',
    injected: 'lost pages and failing calls of the simulated clouds; a listing that shrank',
    expected: 'nothing is deleted or called lost until two further complete listings agree',
    pass: '0 deletions',
    proofs: [
      { file: RECONCILER, test: 'doubts a listing that shrank by more than a fifth' },
      {
        file: 'libs/effects/domain/reconcile.spec.ts',
        test: 'I12: lets a listing that was cut off or shrank too much',
      },
      { file: RULES, test: 'P-34' },
    ],
  },
  {
    id: 'F12',
    fault: 'machines stick while they boot or end',
    injected: 'stuck boots and terminations of the simulated clouds',
    expected: 'given up after its time, shown to people with what each choice costs; others go on',
    pass: 'visible within 15 minutes',
    proofs: [
      { file: WAY_BACK, test: 'is listed within fifteen minutes' },
      { file: RETURN, test: 'asks again for machines that the cloud promised to delete and kept' },
      { file: RULES, test: 'P-47' },
    ],
  },
  {
    id: 'F13',
    fault: 'a batch is filled in part, stock ends',
    injected: 'partial batches; pools sold out between plan and purchase',
    expected: 'what came is kept and counted; the rest is bought elsewhere',
    pass: 'ledger exact, none hidden',
    proofs: [
      { file: CONTRACT, test: 'keeps what a partial answer brought and gives the rest of the room back' },
      { file: RULES, test: 'P-16' },
      { file: RUN, test: 'looks round by round for what a pool refuses' },
      { file: INTERRUPTED, test: 'looks elsewhere for what is sold out' },
    ],
  },
  {
    id: 'F14',
    fault: 'a deletion is refused',
    injected: 'refusals by the simulated clouds',
    expected: 'asked again with growing pauses, then a person; others go back meanwhile',
    pass: 'at most 20 tries, then stuck',
    proofs: [
      { file: WAY_BACK, test: 'asks a cloud that refuses twenty times, then a person' },
      { file: RETURN, test: 'goes on where a release stopped half-way' },
    ],
  },
  {
    id: 'F15',
    fault: 'a resource is deleted or made by others',
    injected: 'deletions and machines behind our back',
    expected: 'noticed; what others made is never touched',
    pass: 'within one pass; 0 foreign deletions',
    proofs: [
      { file: RULES, test: 'P-45' },
      { file: RECONCILER, test: 'never touches machines of others' },
    ],
  },
  {
    id: 'F16',
    fault: 'a credential is revoked in the middle of a run',
    injected: 'the fault proxy answers 401 for one cloud',
    expected: 'buying looks elsewhere; the way back is tried until the credential holds again',
    pass: '0 lost steps',
    proofs: [
      { file: CAMPAIGNS, test: 'F16: the credential is revoked on the way back' },
      { file: RUN, test: 'buys elsewhere when an account cannot be used at all' },
    ],
  },
  {
    id: 'F17',
    fault: 'PostgreSQL dies',
    injected: 'SIGKILL of the postmaster in the peak',
    expected: '503 problem+json with Retry-After; workers repeat; no lost commit',
    pass: 'answers within 10 s of its return',
    proofs: [{ file: CAMPAIGNS, test: 'F17: PostgreSQL is killed in the peak' }],
  },
  {
    id: 'F18',
    fault: 'PostgreSQL is paused or slow',
    injected: 'SIGSTOP of all its processes with requests in flight; 500 ms added to every answer',
    expected: 'bounded waiting, no growth of memory',
    pass: 'RSS grows by less than 50 MB',
    proofs: [{ file: ENGINES, test: 'F18: PostgreSQL stands still' }],
  },
  {
    id: 'F19',
    fault: 'PostgreSQL is restored from an older backup',
    injected: 'a copy of its files from before the purchase put back after it',
    expected: 'nothing is deleted; what the books do not know is shown until somebody decides',
    pass: '0 deletions',
    proofs: [
      { file: ENGINES, test: 'F19: the database is an older one' },
      { file: RECONCILER, test: 'shows machines that only their marks tell of' },
      { file: RECONCILER, test: 'looks now and then at every account that is registered' },
    ],
    open: 'rows are not written again, so what machines of the gap cost is not in the books',
  },
  {
    id: 'F20',
    fault: 'Temporal is down',
    injected: 'SIGKILL of the server',
    expected: 'the API reads and accepts; what it took is started once',
    pass: 'one execution',
    proofs: [{ file: CAMPAIGNS, test: 'F20: Temporal is away' }],
  },
  {
    id: 'F21',
    fault: 'Temporal has lost its store',
    injected: 'its file removed while a run holds machines',
    expected:
      'runs are rebuilt from the ledger in safe hold: nothing is bought or ended until somebody decides',
    pass: '0 machines touched',
    proofs: [{ file: ENGINES, test: 'F21: Temporal has forgotten everything' }],
  },
  {
    id: 'F22',
    fault: 'the clock of one process is wrong, or jumps',
    injected: 'API and workers whose clocks are ten minutes fast and slow; a jump back of an hour',
    expected: 'leases, phases, timers and audit follow the time of the database',
    pass: 'nothing early by more than 2 s',
    proofs: [
      { file: CLOCKS, test: 'F22: API and workers whose own clocks are ten minutes fast and slow' },
      {
        file: 'libs/platform/time/database-clock.spec.ts',
        test: 'follows the database, whatever the clock of its process does',
      },
    ],
  },
  {
    id: 'F23',
    fault: 'daylight saving begins or ends; campaigns across zones',
    injected: 'recorded winter and summer changes',
    expected: 'phases are instants and do not move; wall-clock schedules follow their zone',
    pass: 'table-driven',
    proofs: [
      {
        file: 'libs/contracts/scaling-schedule.spec.ts',
        test: 'follow the wall clock when the zone changes to winter time',
      },
      { file: 'libs/contracts/scaling-schedule-zones.spec.ts', test: 'schedules when clocks are set' },
    ],
  },
  {
    id: 'F24',
    fault: 'partitions, also one-way',
    injected: 'gates before engine and database: connections stand and nothing passes, or only one way',
    expected: 'as F2, F7, F17; one-way loss like a lost answer',
    pass: '0 violations',
    proofs: [{ file: CAMPAIGNS, test: 'F24: for a while neither engine nor database can be reached' }],
  },
  {
    id: 'F25',
    fault: 'the platform was down over a start',
    injected:
      'phases whose start is past when a run looks, by minutes, by all of it, all of them; schedules with a catch-up window of a minute',
    expected:
      'as the campaign says: what is due begins all the same, or is skipped after so many minutes; both are told',
    pass: 'every decision is in its story',
    proofs: [
      {
        file: 'libs/campaigns/domain/run-steps.spec.ts',
        test: 'prepares every phase that lies within the lead time, in order',
      },
      { file: LATE, test: 'is skipped and told where the campaign wants that' },
      { file: LATE, test: 'begins all the same when a person says so' },
      {
        file: 'libs/campaigns/run-engine.medium.spec.ts',
        test: 'is in time again when a person gives the run a command',
      },
      { file: 'libs/campaigns/run-engine.medium.spec.ts', test: 'is judged from when the run was armed' },
    ],
  },
  {
    id: 'F26',
    fault: 'people cancel, pause or shrink at any step',
    injected:
      'commands while the real workflows are in every step; the stop switch in the steepest second of the ramp',
    expected: 'what happens follows from the true state; a cancel survives crashes',
    pass: '0 violations; after the stop switch no purchase after 5 s, the first deletion within 60 s',
    proofs: [
      { file: STOP, test: 'F26: the stop switch is pulled in the steepest second of the ramp' },
      { file: RAILS, test: 'sends nothing that waits for its call budget' },
      { file: COMMANDS, test: 'abort in the middle of buying stops it and brings back what had come' },
      { file: COMMANDS, test: 'pause stops buying and moving; resume goes on where it stood' },
      { file: INTERRUPTED, test: 'stops at once when the stop switch is pulled in the ramp' },
    ],
  },
  {
    id: 'F27',
    fault: 'two operators at once; approval against edit',
    injected: '500 changes, ten at a time on one version',
    expected: 'one is taken, the others get 412; an approval is bound to what was approved',
    pass: '0 lost updates in 500',
    proofs: [
      { file: API, test: 'F27: two operators at once' },
      { file: BAD_INPUT, test: 'a plan that was edited after its approval is not armed' },
    ],
  },
  {
    id: 'F28',
    fault: 'a bad change of a workflow',
    injected: 'replay of recorded histories; a changed workflow; a bad build under a run, rolled back',
    expected: 'the replay refuses it before it ships; a run under way is held and loses nothing',
    pass: 'every recorded history replays',
    proofs: [
      { file: 'test/workflows/replay.spec.ts', test: 'would show a way that is no longer taken' },
      { file: BAD_BUILD, test: 'holds the runs under way, changes nothing of theirs' },
      { file: UPGRADE, test: 'replaces one worker after another' },
    ],
    open: 'twelve runs are under way in each test run, a hundred by command (SPRINGTIDE_UPGRADE_RUNS=100)',
  },
  {
    id: 'F29',
    fault: 'the traffic controller fails at 25 %',
    injected: 'failing and bad steps in the real shift workflow',
    expected: 'back to the last good shares; never all traffic on an unproven pool',
    pass: 'I7 holds',
    proofs: [
      { file: RUN, test: 'rolls a bad step back and keeps the machines it cannot take the traffic from' },
      { file: RULES, test: 'T-03' },
      { file: RULES, test: 'T-17' },
    ],
  },
  {
    id: 'F30',
    fault: 'audit, books or a log cannot be written',
    injected:
      'the table of audit records refuses; a small disk under PostgreSQL is filled in the middle of purchases; the output that a log goes to has no room',
    expected:
      'no change without its record, and nothing sent that is not written; it goes on by itself when there is room; no process ends or stands still for its log',
    pass: '0 changes, 0 machines that are not in the books, 0 processes ended',
    proofs: [
      { file: API, test: 'F30: nothing is changed that cannot be put on record' },
      { file: 'test/chaos/full-disk.e2e.spec.ts', test: 'F30: sends nothing that cannot be written first' },
      { file: 'test/chaos/full-log.e2e.spec.ts', test: 'F30: a log that cannot be written neither ends' },
    ],
    open: 'the full disk is met through the ledger, not through a whole campaign; one without room for the write-ahead log, which ends the server, is not injected; there is no outgoing notification yet',
  },
  {
    id: 'F31',
    fault: 'poison input',
    injected: 'ten megabytes, names of every script and control characters, by fast-check',
    expected: 'refused with a problem, or taken and planned; no workflow is poisoned',
    pass: '0 answers of 5xx, 0 stuck',
    proofs: [{ file: API, test: 'F31: whatever is sent, the answer is a problem or a campaign' }],
  },
  {
    id: 'F32',
    fault: 'five hundred paused operations go on at once',
    injected: '500 purchases of as many runs in one instant, on four workers with one budget',
    expected: 'the shared budget holds in every second',
    pass: 'peak within the limit',
    proofs: [
      { file: HERD, test: 'F32: five hundred paused runs go on in one instant' },
      { file: LIMITER, test: 'lets all who wait go together' },
    ],
    open: 'in virtual time, through ledger and limiter; 500 workflows at once on a real engine were not run',
  },
];
