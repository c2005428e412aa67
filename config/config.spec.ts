import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configurationReference, describeConfig, loadConfig } from './index.js';

const base = {
  SPRINGTIDE_DATABASE_URL: 'postgres://u:canary-7f3a@127.0.0.1:5432/springtide',
  TEMPORAL_ADDRESS: '127.0.0.1:7233',
  SPRINGTIDE_INSTALLATION: 'spec-one',
};

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'springtide-config-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function problem(environment: Record<string, string>): string {
  try {
    loadConfig(environment);
    return 'no problem';
  } catch (thrown) {
    return String(thrown);
  }
}

describe('configuration', () => {
  it('merges defaults, file and environment in this order', () => {
    const path = file(
      'a.yaml',
      'http:\n  port: 9000\n  host: 0.0.0.0\nendpoints:\n  open: ["localhost:5000"]\n',
    );
    const config = loadConfig({ ...base, SPRINGTIDE_CONFIG: path, SPRINGTIDE_HTTP_PORT: '9100' });
    expect(config.http).toMatchObject({ port: 9100, host: '0.0.0.0', bodyLimitBytes: 1_048_576 });
    expect(config.endpoints.open).toEqual(['localhost:5000']);
    expect(config.policy.profile).toBe('standard');
  });

  it('reads lists and flags from the environment', () => {
    const config = loadConfig({
      ...base,
      SPRINGTIDE_OPEN_ENDPOINTS: '127.0.0.1:5000, [::1]:7000',
      SPRINGTIDE_PRIVATE_RANGES: '10.0.0.0/8,fd00::/8',
      TEMPORAL_TLS: 'false',
    });
    expect(config.endpoints).toEqual({
      open: ['127.0.0.1:5000', '[::1]:7000'],
      privateRanges: ['10.0.0.0/8', 'fd00::/8'],
    });
    expect(config.temporal.tls).toBe(false);
  });

  it('cannot be changed afterwards', () => {
    const config = loadConfig(base);
    expect(() => Object.assign(config.http, { port: 1 })).toThrow(TypeError);
    expect(() => config.endpoints.open.push('x:1')).toThrow(TypeError);
  });

  it('names every problem at once and no secret value', () => {
    const text = problem({
      SPRINGTIDE_DATABASE_URL: 'mysql://u:canary-7f3a@db',
      SPRINGTIDE_HTTP_PORT: 'eighty',
      SPRINGTIDE_OPEN_ENDPOINTS: 'http://localhost',
      SPRINGTIDE_PRIVATE_RANGES: '10.0.0.0',
      SPRINGTIDE_DATABASE_APP_URL: 'file:/does/not/exist',
      SPRINGTIDE_CONFIG: file('b.yaml', 'htpp: { port: 1 }\nhttp: { prot: 2 }\n'),
    });
    for (const name of [
      'SPRINGTIDE_DATABASE_URL): must be a postgres',
      'SPRINGTIDE_HTTP_PORT',
      'SPRINGTIDE_OPEN_ENDPOINTS',
      'SPRINGTIDE_PRIVATE_RANGES',
      'SPRINGTIDE_DATABASE_APP_URL): the file it names',
      'TEMPORAL_ADDRESS) is not set',
      'SPRINGTIDE_INSTALLATION) is not set',
      'htpp in',
      'http.prot in the file is no setting',
    ]) {
      expect(text).toContain(name);
    }
    expect(text).not.toContain('canary-7f3a');
  });

  it('does not quote a file that is no YAML', () => {
    const text = problem({ ...base, SPRINGTIDE_CONFIG: file('c.yaml', 'database: {url: "canary-7f3a') });
    expect(text).toContain('cannot be read as YAML');
    expect(text).not.toContain('canary-7f3a');
  });

  it('takes a secret from a file and never shows it', () => {
    const path = file('url', `${base.SPRINGTIDE_DATABASE_URL}\n`);
    const config = loadConfig({ ...base, SPRINGTIDE_DATABASE_URL: `file:${path}` });
    expect(config.database.url).toBe(base.SPRINGTIDE_DATABASE_URL);
    expect(JSON.stringify(describeConfig(config))).not.toContain('canary-7f3a');
    expect(describeConfig(config)['database.url']).toBe('[secret]');
  });

  it('is documented', () => {
    const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'configuration.md'), 'utf8');
    expect(page).toBe(configurationReference());
  });
});
