"""From the bytes of a document to text whose every piece knows its place."""
