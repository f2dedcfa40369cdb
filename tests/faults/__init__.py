"""Faults and attacks, played against the app on both databases: nobody hears an error, and nothing is lost."""
