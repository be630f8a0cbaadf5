"""The register of a competition: closed at its deadline, public, and open to anybody's check."""
