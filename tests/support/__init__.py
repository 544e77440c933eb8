"""What more than one file of tests wants: servers, factories, campaigns, readers."""
