"""A Home Assistant with this integration, signed in to a simulated eWeLink home."""
