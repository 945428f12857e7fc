"""The calls of the contract: one way to send, one paging loop, one place for failures."""
