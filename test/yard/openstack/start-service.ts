import { startProcess, type ProcessRequest, type RunningProcess } from '../tools/process.js';

/**
 * Dies with this process at once. Asked politely, a service whose database and queue die in the same moment would wait
 * for them for ever.
 */
export async function startService(request: ProcessRequest): Promise<RunningProcess> {
  const args = ['--pdeathsig', 'KILL', '--', request.command, ...(request.args ?? [])];
  return startProcess({ ...request, command: '/usr/bin/setpriv', args });
}
