"""Tables of forms as sheets: written to Excel, and read from Excel or CSV files that nobody has to trust."""
