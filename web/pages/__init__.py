"""The pages: one blueprint a resource, named like its folder of templates."""
