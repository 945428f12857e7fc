"""A store on a Spark cluster."""
