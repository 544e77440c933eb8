"""For whoever watches the service: health and figures."""
