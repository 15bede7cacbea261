"""`python -m web.cli`."""

from web.cli import main

main(prog_name="zhixing")
