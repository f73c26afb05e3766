"""Handing things to people and back: who may decide what, and how a decision reaches its workflow."""
