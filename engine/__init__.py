"""The procedure engine: values in, values out.

Nothing here reads a clock, a file, a socket or a random number.
A command brings its time and its actor; `execute` turns it into events, and each event is applied as it is emitted.
`apply` is the only place where state comes from, live, in replay and in a rebuild.
What a step must know of other streams comes in as context and is named in the entry.
Only `engine/flow/` knows SpiffWorkflow.
"""
