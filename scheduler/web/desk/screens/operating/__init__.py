"""Screens of whoever operates: the brake, deliveries, addresses, mails before they exist, handovers."""
