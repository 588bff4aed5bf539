"""The two indexes derived from the library, Chroma and Tantivy, and what keeps them in step."""
