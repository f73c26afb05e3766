"""The Slack surface: people start, follow and decide audits where they work."""
