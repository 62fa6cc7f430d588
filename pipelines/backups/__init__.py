"""Back-ups of a store: `sealed`, a stream in its encrypted form; `archive`, what is in one and how it comes back."""
