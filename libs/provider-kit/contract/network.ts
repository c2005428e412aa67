import type { Instant } from '@springtide/kernel';
import type { CallOptions, Page } from './compute.js';
import type { Ownership } from './machine.js';

export type Network = Readonly<{
  id: string;
  name: string;
  region: string;
  /** Absent when the network spans zones. */
  zone?: string;
  cidr?: string;
  freeAddresses?: number;
  /** Machines of its zone whose launch names no network get their addresses here. Absent: not known to. */
  takesUnnamed?: true;
}>;

export type Image = Readonly<{
  id: string;
  name: string;
  region: string;
  arch: 'amd64' | 'arm64';
  createdAt?: string;
  /** The library that keeps it, by name; absent for an image that lies in none. */
  library?: string;
  /** `sha256:…` of its content: equal digests are equal contents, wherever they lie. Absent where no checksums are told. */
  digest?: string;
  /** When this copy was last brought into step with its publisher; absent for an original. */
  syncedAt?: Instant;
  /** Zones where nothing is left to copy before machines are made from it. Absent where every zone of the region is one. */
  placedIn?: readonly string[];
}>;

export type ImageOrder = Readonly<{
  region: string;
  zone: string;
  /** Its id, or a name that a launch would take. */
  image: string;
  ownership: Ownership;
}>;

/** What machines of the zone are made from now. */
export type PlacedImage = Readonly<{ image: string; zone: string; digest?: string; syncedAt?: Instant }>;

export interface NetworkFacet {
  listNetworks(scope: { region: string }, options: CallOptions): AsyncIterable<Page<Network>>;
}

export interface ImageFacet {
  listImages(scope: { region: string }, options: CallOptions): AsyncIterable<Page<Image>>;
  /**
   * Brings the image into step with its publisher, where it has one, and a copy of it into the zone, from which launches
   * there are made from then on. Repeating it, after whatever answer, makes no second copy.
   * @throws not-found, insufficient-capacity with `effect: none`; timeout while it is still being copied.
   */
  placeImage?(order: ImageOrder, options: CallOptions): Promise<PlacedImage>;
}
