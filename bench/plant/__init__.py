"""Tables whose truth is known because it was planted, for the measures' own benchmark."""
