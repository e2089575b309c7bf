const { relative } = require('node:path');
const { Spec } = require('mocha').reporters;

const NOWHERE = 'Uncaught error outside test suite';

/** Mocha's own report, and a last line that says it all. */
class SummaryReporter extends Spec {
  constructor(runner, options) {
    // A file that cannot be loaded, or whose process dies, would be told as an error of no place.
    runner.on('fail', (test, error) => {
      if (test.title === NOWHERE && error?.file !== undefined)
        test.title = `${relative(process.cwd(), error.file)} could not be run to its end`;
    });
    super(runner, options);
  }

  // Mocha says this after the first such file; there may be more.
  epilogue() {}

  done(failures, end) {
    super.epilogue();
    console.log(`${this.stats.passes} passed, ${Math.max(failures, this.stats.failures)} failed`);
    end(failures);
  }
}

module.exports = SummaryReporter;
