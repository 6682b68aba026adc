const base = require('../jest.base.cjs');

// Longer than any single wait (DEADLINE_MS), whose message says what did not come.
module.exports = { ...base, displayName: 'provisioning', testTimeout: 300_000 };
