#!/usr/bin/env node
// The command of the package; the program itself is built into dist.
import '../dist/main.js';
