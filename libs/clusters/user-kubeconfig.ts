/** A kubeconfig with everything embedded; JSON is YAML too. Without an authority the system's are trusted. */
export function userKubeconfig(server: string, caPem: string | undefined, token: string): string {
  const authority =
    caPem === undefined
      ? {}
      : { 'certificate-authority-data': Buffer.from(caPem, 'utf8').toString('base64') };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'springtide',
    clusters: [{ name: 'cluster', cluster: { server, ...authority } }],
    users: [{ name: 'springtide', user: { token } }],
    contexts: [{ name: 'springtide', context: { cluster: 'cluster', user: 'springtide' } }],
  });
}
