"""From the text of a document to what it says, each part with the words that say so; and against the books."""
