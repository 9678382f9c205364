"""Conformance suites run against any system, requirement by requirement, with evidence that can be filed."""
