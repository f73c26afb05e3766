"""Tables, repositories, evidence blobs and the append-only audit log."""
