const base = require('../../jest.base.cjs');

module.exports = {
  ...base,
  displayName: 'preview',
  // Longer than any single wait (DEADLINE_MS), whose message says what did not come.
  testTimeout: 180_000,
  // The host's page code runs in Chromium, where jest cannot count lines.
  collectCoverageFrom: ['src/server/**/*.ts', 'src/host/**/*.ts', '!src/**/*.test.ts'],
};
