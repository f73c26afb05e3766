"""Activities: unpack, call a service, record. No business rules."""
