"""The benchmarks: each module measures one promise and gives a list of figures."""
