"""The strict reader of tests refuses what it should: or the tests that use it could not fail."""

import exposition
import pytest

GOOD = '# HELP a A.\n# TYPE a gauge\na{x="q\\"\\\\\\n"} 1.5e+3\na 1\n'


def test_a_good_page_is_read() -> None:
    assert exposition.samples(GOOD) == {("a", (("x", 'q"\\\n'),)): 1500.0, ("a", ()): 1.0}


@pytest.mark.parametrize(
    "page",
    [
        "a 1\n",
        "# HELP a A.\na 1\n",
        "# HELP a A.\n# TYPE a gauge\na 1",
        "# HELP a A.\n# TYPE a gauge\na 1\na 2\n",
        "# HELP a A.\n# TYPE a gauge\nb 1\n",
        "# HELP a A.\n# TYPE a counter\na 1\n",
        "# HELP a A.\n# TYPE a thing\na 1\n",
        "# HELP a \n# TYPE a gauge\na 1\n",
        "# HELP a A.\n# TYPE a gauge\na NaN\n",
        "# HELP a A.\n# TYPE a gauge\na None\n",
        "# HELP a A.\n# TYPE a gauge\na True\n",
        '# HELP a A.\n# TYPE a gauge\na{x="\\d"} 1\n',
        '# HELP a A.\n# TYPE a gauge\na{x="1",x="2"} 1\n',
        '# HELP a A.\n# TYPE a gauge\na{x="1",} 1\n',
        "# HELP a A.\n# TYPE a gauge\na 1\n# HELP a A.\n# TYPE a gauge\na 2\n",
    ],
)
def test_a_bad_page_is_refused(page: str) -> None:
    with pytest.raises((AssertionError, KeyError)):
        exposition.read(page)
