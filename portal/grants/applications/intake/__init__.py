"""The board's side: what came in, one application, and registering what came on paper."""
