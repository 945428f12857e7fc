"""Where answers come from: a host and its keys, own data, or demo data."""
