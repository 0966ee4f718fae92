"""The centre's schema and its functions: SQL files, brought in by Alembic."""
