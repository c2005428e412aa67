import type { CallOptions, Page } from './compute.js';

export type Network = Readonly<{
  id: string;
  name: string;
  region: string;
  /** Absent when the network spans zones. */
  zone?: string;
  cidr?: string;
  freeAddresses?: number;
}>;

export type Image = Readonly<{
  id: string;
  name: string;
  region: string;
  arch: 'amd64' | 'arm64';
  createdAt?: string;
}>;

export interface NetworkFacet {
  listNetworks(scope: { region: string }, options: CallOptions): AsyncIterable<Page<Network>>;
}

export interface ImageFacet {
  listImages(scope: { region: string }, options: CallOptions): AsyncIterable<Page<Image>>;
}
