"""What an HTTP request meets: middleware, keys, admission, problems."""
