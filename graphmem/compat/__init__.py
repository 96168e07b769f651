"""Faces of other libraries: programs written for them run after changing one import."""
