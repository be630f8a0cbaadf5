"""The administrator's work: accounts, roles, municipalities. It opens no contents."""
