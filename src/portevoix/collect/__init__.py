"""collect: a file or a feed comes in, and customers' words come out, understood column by column, scrubbed."""
