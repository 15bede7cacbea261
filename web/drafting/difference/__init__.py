"""What a draft changes against the version in force, in words."""
