"""What operators see and do, and what watches the product."""
