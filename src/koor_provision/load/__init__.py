"""From files to models: read once, bounded, strictly, with the place of every mistake."""
