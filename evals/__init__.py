"""How far answers and citations can be trusted: suites, metrics, reports, the gate."""
