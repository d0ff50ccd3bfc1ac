"""The jobs that feed the engine: what each asks for, as a library."""
