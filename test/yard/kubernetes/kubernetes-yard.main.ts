import { startKubernetesYard } from './kubernetes-yard.js';

/**
 * A cluster as a process of its own: `kubernetes-yard.main [nodes] [port]`. Prints one JSON line with the address and the
 * owner's kubeconfig when it is ready, and ends with its input or on a signal.
 */
const [nodes, port] = process.argv.slice(2).map(Number);
const yard = await startKubernetesYard({
  nodes: nodes ?? 30,
  ...(port === undefined || port === 0 ? {} : { port }),
  onProgress: (message) => process.stderr.write(`${message}\n`),
});
const { url, folder, kubeconfig, caPem } = yard;
let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    if (stopping) return;
    stopping = true;
    void yard.stop().then(() => process.exit(0));
  });
}
process.stdout.write(`${JSON.stringify({ url, folder, kubeconfig, caPem })}\n`);
