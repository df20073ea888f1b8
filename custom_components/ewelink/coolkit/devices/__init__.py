"""What devices are: their params, and what each kind of them can."""
