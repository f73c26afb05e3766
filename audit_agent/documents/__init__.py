"""Documents that support the books: which there are, their bytes, their text and what they say."""
