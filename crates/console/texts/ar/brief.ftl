# Briefs: a page to print for a relation or a country, with its citation.
