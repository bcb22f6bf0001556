"""Loaded into Python by `wsdiag run`: aiohttp reads proxy variables only where it is told to."""
import importlib.util
import os
import sys


class _Finder:
    """Finds aiohttp.client as it is, and changes one standard value in it."""

    def find_spec(self, name, path=None, target=None):
        if name != "aiohttp.client":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            begin = module.ClientSession.__init__

            def __init__(self, *args, **options):
                options.setdefault("trust_env", True)
                begin(self, *args, **options)

            module.ClientSession.__init__ = __init__

        spec.loader.exec_module = exec_module
        return spec


sys.meta_path.insert(0, _Finder())

# The sitecustomize that this one hides.
_folder = os.path.dirname(os.path.abspath(__file__))
sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != _folder]
_own = sys.modules.pop("sitecustomize", None)
try:
    import sitecustomize  # noqa: F401
except ImportError:
    if _own is not None:
        sys.modules["sitecustomize"] = _own
