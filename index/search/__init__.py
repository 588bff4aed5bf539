"""The two indexes derived from the library, Chroma and Tantivy, and how they are kept in step."""
