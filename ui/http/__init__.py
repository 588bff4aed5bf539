"""The way of an HTTP request: middleware, keys, admission, problems."""
