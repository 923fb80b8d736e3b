#!/usr/bin/env node
import { reportError, run } from './run.js';

// A reader that leaves, as `| head` does, ends the run at once and quietly.
process.stdout.on('error', (error) => process.exit(reportError(error, process)));
process.exitCode = await run(process.argv.slice(2), process);
