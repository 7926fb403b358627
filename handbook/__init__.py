"""Build tailored training handbooks: one municipality, one language, one edition at a time."""

import importlib
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

__version__ = "0.1.0"


class _Later(ModuleType):
    """Stands for a module until something of it is asked for, and then loads it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__spec__ = ModuleSpec(name, None)

    def __getattr__(self, name: str) -> object:
        if name.startswith("__") and name != "__path__":  # who looks at all modules wants none of this one
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


# mkdocs-macros brings requests to include pages of other servers, which no handbook may do; the other two read PDFs,
# which a site alone does not need. Together they take as long as reading a whole project does.
for _name in ("requests", "pikepdf", "pypdfium2"):
    sys.modules.setdefault(_name, _Later(_name))
