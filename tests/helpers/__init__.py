"""What the tests share, beside the fixtures: each module is imported as helpers.NAME."""
