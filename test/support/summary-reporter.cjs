const { Spec } = require('mocha').reporters;

/** Mocha's own report, and a last line that says it all. */
class SummaryReporter extends Spec {
  epilogue() {
    super.epilogue();
    console.log(`${this.stats.passes} passed, ${this.stats.failures} failed`);
  }
}

module.exports = SummaryReporter;
