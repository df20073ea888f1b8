"""Version 2 of the cloud's HTTP interfaces."""
