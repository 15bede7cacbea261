"""The API at `/api/v1`: everything pages can do, for programs; described by itself in OpenAPI 3.1."""
