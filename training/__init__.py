"""Trains the labeller that ships in the package: `python -m training`, from the data folder, in one command."""
