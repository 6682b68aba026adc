// The scaffold's jest configuration, for React 18 and 19: d3-interpolate and other dependencies are ES modules, some .mjs.
process.env.TZ = 'UTC';

const { grafanaESModules, nodeModulesToTransform } = require('./.config/jest/utils');
const scaffold = require('./.config/jest.config');

const scaffoldTransform = scaffold.transform['^.+\\.(t|j)sx?$'];
const esModules = [
  ...grafanaESModules,
  '@react-hookz/web',
  '@ver0/deep-equal',
  'd3-array',
  'd3-scale',
  'd3-shape',
  'd3-path',
  'd3-time',
  'd3-time-format',
  'd3-format',
  'internmap',
];

module.exports = {
  ...scaffold,
  // The machines that run this are shared: what hangs is found all the same, what is slow for once is no failure.
  testTimeout: 120_000,
  transform: { '^.+\\.m?[tj]sx?$': scaffoldTransform },
  transformIgnorePatterns: [nodeModulesToTransform(esModules)],
  setupFiles: ['<rootDir>/jest-message-channel.js'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/preview/'],
  modulePathIgnorePatterns: ['<rootDir>/preview/', '<rootDir>/dist/'],
  collectCoverageFrom: ['src/**/*.{ts,tsx}', '!src/**/*.test.{ts,tsx}', '!src/testing/**'],
  coverageThreshold: { global: { lines: 80, statements: 80, functions: 80, branches: 75 } },
};
