"""tell: numbers and voices become a letter of one minute."""
