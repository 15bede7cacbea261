"""Tables, the journal, projections, procedure versions. Imports engine; never jobs or web."""
