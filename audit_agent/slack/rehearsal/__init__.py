"""A stand-in for Slack: strict about its limits, for rehearsing and for tests."""
