import { build } from './build.mjs';

build();
