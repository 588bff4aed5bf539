"""The door for assistants: a server of the Model Context Protocol, over stdio and over HTTP."""
