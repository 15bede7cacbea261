"""What people do with tasks: which acts are theirs, the form, several at once; pages and the API offer it."""
