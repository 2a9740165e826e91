# Copyright 2026 the Tendril authors. MIT license.
"""Prints, as JSON, the public names that docs/from-python.md has to speak of.

    /usr/bin/python3 tools/check/python_names.py > tools/check/python_names.json

It needs the packages greenlet and gevent. For each module: what gevent says it implements
(`__implements__` and `__extensions__`), else `__all__`, else what is defined there; for each class its
public members, where a class above it that is listed too does not have them. What was listed for an
earlier module of a package is not listed again, neither are constants that only pass the operating system's on.
"""

import importlib
import importlib.metadata
import inspect
import json
import pkgutil
import sys

import gevent

# In the order of the page. Those that are followed by names hold more than `__all__` says.
MODULES = {
    "greenlet": [],
    "gevent": [],
    "gevent.hub": [],
    "gevent.exceptions": [
        "BlockingSwitchOutError",
        "ConcurrentObjectUseError",
        "HubDestroyed",
        "InvalidSwitchError",
        "InvalidThreadUseError",
    ],
    "gevent.event": [],
    "gevent.lock": [],
    "gevent.queue": ["Empty", "Full"],
    "gevent.pool": [],
    "gevent.local": [],
    "gevent.timeout": [],
    "gevent.monkey": ["saved", "MonkeyPatchWarning"],
    "gevent.events": [],
    "gevent.util": [],
    "gevent.threadpool": [],
    "gevent.baseserver": [],
    "gevent.server": [],
    "gevent.pywsgi": [],
    "gevent.backdoor": [],
    "gevent.socket": [],
    "gevent.ssl": [],
    "gevent.select": [],
    "gevent.selectors": [],
    "gevent.subprocess": ["TimeoutExpired", "CalledProcessError"],
    "gevent.fileobject": [],
    "gevent.os": [],
    "gevent.signal": [],
    "gevent.thread": [],
    "gevent.threading": [],
    "gevent.time": [],
    "gevent.contextvars": [],
    "threading": [],
    "queue": [],
    "multiprocessing": [],
    "multiprocessing.process": [],
    "multiprocessing.synchronize": [],
    "multiprocessing.queues": [],
    "multiprocessing.connection": ["Connection"],
    "multiprocessing.pool": ["AsyncResult", "IMapIterator"],
    "multiprocessing.managers": [],
    "multiprocessing.sharedctypes": [],
    "multiprocessing.shared_memory": [],
    "concurrent.futures": ["InvalidStateError"],
    "concurrent.futures.thread": ["BrokenThreadPool"],
    "concurrent.futures.process": ["BrokenProcessPool"],
}
# Classes of protocols that Tendril has none of: their members say nothing.
WHOLE = {"gevent.pywsgi", "gevent.events", "gevent.ssl", "gevent.selectors", "gevent.socket"}


def public(names):
    return [name for name in names if not name.startswith("_")]


def names_of(module, more):
    own = list(getattr(module, "__implements__", None) or [])
    own += list(getattr(module, "__extensions__", None) or [])
    return public(sorted(set(own or getattr(module, "__all__", [])) | set(more)))


def members(cls, classes):
    found = set()
    above = [each for each in cls.__mro__[1:] if each in classes]
    for each in cls.__mro__:
        if each.__module__.split(".")[0] in ("builtins", "enum", "abc", "typing"):
            continue
        found.update(public(vars(each)))
    return sorted(name for name in found if not any(hasattr(each, name) for each in above))


listed = {}
for module_name, more in MODULES.items():
    module = importlib.import_module(module_name)
    for name in names_of(module, more):
        listed[module_name, name] = getattr(module, name)
classes = [value for value in listed.values() if inspect.isclass(value)]

names = {module_name: [] for module_name in MODULES}
seen = set()
for (module_name, name), value in listed.items():
    package = module_name.split(".")[0]
    if (package, name, id(value)) in seen:
        continue
    names[module_name].append(name)
    is_new = all(known != id(value) for _, _, known in seen)
    if inspect.isclass(value) and module_name not in WHOLE and is_new:
        names[module_name] += [f"{name}.{each}" for each in members(value, classes)]
    if callable(value):
        seen.add((package, name, id(value)))

# Modules of gevent that hold nothing for its users to call.
names["gevent"] += sorted(
    f"gevent.{module.name}"
    for module in pkgutil.iter_modules(gevent.__path__)
    if not module.name.startswith(("_", "test")) and f"gevent.{module.name}" not in MODULES
)

versions = {
    "python": ".".join(map(str, sys.version_info[:2])),
    "greenlet": importlib.metadata.version("greenlet"),
    "gevent": importlib.metadata.version("gevent"),
}
print(json.dumps({"versions": versions, "names": names}, indent=2))
