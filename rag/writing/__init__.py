"""The answerer that writes: a language model over numbered evidence."""
