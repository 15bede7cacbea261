"""Cases: the list, one case, its history and its moments."""
