"""Work nobody clicks on: the worker, the clock, delivery of messages, sealing."""
