const base = require('../../jest.base.cjs');

module.exports = {
  ...base,
  displayName: 'preview',
  testTimeout: 60_000,
  // The host's page code runs in Chromium, where jest cannot count lines.
  collectCoverageFrom: ['src/server/**/*.ts', 'src/host/**/*.ts', '!src/**/*.test.ts'],
};
