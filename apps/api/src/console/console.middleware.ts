import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import type { NextFunction, Request, Response } from 'express';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

/** The component library writes its styles at run time, so inline styles stay allowed; scripts are ours alone. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const API = /^\/(api|health|metrics|openapi\.json)(\/|$)/;

type Asset = Readonly<{ bytes: Buffer; type: string; etag: string; immutable: boolean }>;

/** Serves the built console from memory: only names that were there at the start can be asked for. */
export function consolePages(folder: string) {
  const assets = readAssets(folder);
  const page = assets.get('/index.html');
  return (request: Request, response: Response, next: NextFunction): void => {
    const asked = request.path;
    if (!page || (request.method !== 'GET' && request.method !== 'HEAD') || API.test(asked)) {
      next();
      return;
    }
    const wantsPage = extname(asked) === '' && (request.get('accept') ?? '').includes('text/html');
    const asset = assets.get(asked) ?? (wantsPage ? page : undefined);
    if (asset) sendAsset(asset, request, response);
    else next();
  };
}

function sendAsset(asset: Asset, request: Request, response: Response): void {
  response.setHeader('content-security-policy', PAGE_POLICY);
  response.setHeader('cache-control', asset.immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
  response.setHeader('etag', asset.etag);
  if (request.get('if-none-match') === asset.etag) {
    response.statusCode = 304;
    response.end();
    return;
  }
  response.setHeader('content-type', asset.type);
  response.setHeader('content-length', asset.bytes.byteLength);
  response.end(request.method === 'HEAD' ? undefined : asset.bytes);
}

function readAssets(folder: string): ReadonlyMap<string, Asset> {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return new Map();
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const url = `/${relative(folder, path).split(sep).join('/')}`;
      return [url, readAsset(path, url)];
    }),
  );
}

function readAsset(path: string, url: string): Asset {
  const bytes = readFileSync(path);
  const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
  const type = TYPES[extname(path)] ?? 'application/octet-stream';
  return { bytes, type, etag: `"${hash}"`, immutable: url.startsWith('/assets/') };
}
