"""The register of a competition: closed at its deadline, public, and verifiable by anybody."""
