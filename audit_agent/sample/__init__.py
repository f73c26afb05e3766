"""The sample company: one year of books, with seeded irregularities and their truth."""
