"""One file a page: what it shows, in reading order. No computation, no SQL and no sentence of its own."""
