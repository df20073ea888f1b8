"""The actions, one module a subject."""
