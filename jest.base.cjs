// What every Node workspace's jest shares; the plugin has its own (scaffolded) configuration.
process.env.TZ = 'UTC';

module.exports = {
  testEnvironment: 'node',
  // The machines that run this are shared: what hangs is found all the same, what is slow for once is no failure.
  testTimeout: 120_000,
  testMatch: ['<rootDir>/src/**/*.test.ts', '<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: [],
  transform: {
    '^.+\\.[mc]?[tj]s$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!temporal-polyfill/|temporal-utils/)'],
  collectCoverageFrom: ['src/**/*.ts', '!src/**/*.test.ts', '!src/main.ts'],
  coverageThreshold: { global: { lines: 80, statements: 80, functions: 80, branches: 75 } },
};
