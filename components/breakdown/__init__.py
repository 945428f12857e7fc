"""Any lead field as group."""
