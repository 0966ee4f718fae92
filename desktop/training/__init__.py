"""The training world: a sample office, its officers, drawn people and batch files."""
