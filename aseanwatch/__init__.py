"""The application: settings, ports, wiring, pipeline, schedule, alerts and the command line."""
