"""The first generation of the cloud's HTTP interfaces."""
