"""The second generation of the cloud's HTTP interfaces, over the same accounts and devices."""
