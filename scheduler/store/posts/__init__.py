"""Who there is: the posts, who hears of what, what they answered, their private feeds."""
