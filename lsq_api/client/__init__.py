"""The calls of the contract: one request method, one paging loop, one place for failures."""
