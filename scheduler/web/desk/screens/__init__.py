"""The desk's screens: functions of an installation and a request, made in a process of their own."""
