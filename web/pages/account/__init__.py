"""One's own account: language and look, deputies and absence, tokens, the second step of a sign-in."""
