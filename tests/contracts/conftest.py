"""Contracts live in the package, as plug-in authors need them too; here their assertions explain themselves."""

import pytest

pytest.register_assert_rewrite("graphmem.testing")
