/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: [
    '<rootDir>/apps',
    '<rootDir>/libs',
    '<rootDir>/workflows',
    '<rootDir>/providers',
    '<rootDir>/config',
    '<rootDir>/test',
  ],
  testMatch: ['**/*.spec.ts'],
  // For busy machines: what is slow there is not wrong. Specs of whole clouds say their own.
  testTimeout: 30_000,
  setupFiles: ['reflect-metadata'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^@springtide/config$': '<rootDir>/config/index.ts',
    '^@springtide/workflows$': '<rootDir>/workflows/index.ts',
    '^@springtide/providers$': '<rootDir>/providers/registry.generated.ts',
    '^@springtide/provider-kit/conformance$': '<rootDir>/libs/provider-kit/conformance/index.ts',
    '^@springtide/([a-z-]+)/domain$': '<rootDir>/libs/$1/domain/index.ts',
    '^@springtide/([a-z-]+)$': '<rootDir>/libs/$1/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        module: { type: 'es6' },
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
          keepClassNames: true,
        },
        sourceMaps: 'inline',
      },
    ],
  },
};
