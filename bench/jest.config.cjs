const base = require('../jest.base.cjs');

// Rounds have a length of their own, and programs to start around them.
module.exports = { ...base, displayName: 'bench', testTimeout: 300_000 };
