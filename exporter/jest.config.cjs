const base = require('../jest.base.cjs');

module.exports = {
  ...base,
  displayName: 'exporter',
  // Many tests here run real programs for ten seconds or more: ten times that, and longer than they wait for anything.
  testTimeout: 180_000,
};
