"""simulate: a fictional operator whose truths are known, for examples, tests and benchmarks."""
