"""The kinds of document sets, and how they are frozen into a manifest."""
