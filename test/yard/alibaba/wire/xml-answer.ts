/** The older clients ask for XML by leaving `Format` out: an array is its element repeated. */
export function xmlAnswer(root: string, value: unknown): string {
  return `<?xml version='1.0' encoding='UTF-8'?>${element(root, value)}`;
}

function element(name: string, value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map((entry) => element(name, entry)).join('');
  if (typeof value === 'object') {
    const inner = Object.entries(value).map(([key, entry]) => element(key, entry));
    return `<${name}>${inner.join('')}</${name}>`;
  }
  return `<${name}>${escapeText(typeof value === 'string' ? value : JSON.stringify(value))}</${name}>`;
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
