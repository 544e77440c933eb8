"""What no longer agrees with what was published: told once an edition."""
