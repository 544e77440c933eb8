"""Which days are off at a site, why, and how certain that is: `off.DaysOff` is asked, the others say what it knows."""
