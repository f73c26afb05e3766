"""Block builders: what Slack shows, within its limits; none of them talks to Slack."""
