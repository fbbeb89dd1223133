"""Changes the settings of a real server: what a plan says, journaled, verified, and taken back if need be."""
