"""The application without Qt: rules, services and presenters of the counter."""
