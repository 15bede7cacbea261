"""The draft of a procedure, changed in the browser."""
