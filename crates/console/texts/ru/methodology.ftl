# The method: the rulebook as it is in force.
