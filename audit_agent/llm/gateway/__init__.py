"""The gateway: a process of its own through which model calls go, and the client that asks it."""
