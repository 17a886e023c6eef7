"""measure: tables in, tables out: every number with its interval and its n."""
