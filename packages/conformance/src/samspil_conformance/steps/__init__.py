"""What the words of the suites do: modules of step definitions, named by the suites that use them."""
