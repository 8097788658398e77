"""The benchmarks, and what writes their figures and those of docs/ into pages."""
