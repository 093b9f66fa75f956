# The world as tiles, coloured by a dimension of the conduct towards a country.
