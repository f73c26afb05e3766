"""The report: one typed model, and a renderer for each format people file or read."""
