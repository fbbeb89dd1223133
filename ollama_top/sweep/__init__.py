"""Bursts under one setting after another, to find the best one."""
