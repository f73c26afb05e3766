"""What Slack tells without being asked."""
