"""The administrator's pages: accounts, roles, municipalities. They show no application's
content."""
