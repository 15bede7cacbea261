"""Side-by-side measurements that anyone can run: only ratios inside one run count.

Each module that has a `measure` is one row of `make bench`; docs/benchmarks.md says how to read them.
"""
