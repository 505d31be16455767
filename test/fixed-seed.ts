/** Property tests use the same values in every run, so that a failure can be repeated. */
import { configureGlobal } from 'fast-check';

configureGlobal({ seed: 4 });
