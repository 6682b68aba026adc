// The environments of which the output is committed.
import { dev } from './dev.ts';
import type { Environment } from './environment.ts';
import { prod } from './prod.ts';
import { staging } from './staging.ts';

export const ENVIRONMENTS: readonly Environment[] = [dev, staging, prod];
