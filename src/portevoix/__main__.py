"""`python -m portevoix`."""

from portevoix.cli import main

main()
