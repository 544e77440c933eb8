"""The agenda as frozen values: what an administrator configures, and nothing that moves."""
