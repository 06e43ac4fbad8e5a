"""The keywords of a task beside its module, and why some are refused."""

HARMLESS = frozenset({
    "args", "any_errors_fatal", "become", "changed_when", "check_mode", "delay", "failed_when", "ignore_errors",
    "listen", "loop", "loop_control", "name", "no_log", "notify", "register", "retries", "run_once", "tags", "throttle",
    "timeout", "until", "vars", "when",
})  # fmt: skip
_ELSEWHERE = "a role works on its own target, as the inventory of the run reaches it; leave it out"
_RESULTS = "results of such tasks lie readable for all on the server; leave it out and let the task take its time"
REFUSED = {
    "action": "write the module's name as the key, so that everybody sees it",
    "async": _RESULTS,
    "become_exe": _ELSEWHERE,
    "become_flags": _ELSEWHERE,
    "become_method": _ELSEWHERE,
    "collections": "write modules with their full names",
    "connection": _ELSEWHERE,
    "debugger": "leave it out",
    "delegate_facts": _ELSEWHERE,
    "delegate_to": _ELSEWHERE,
    "diff": "differences show what files hold; leave it out",
    "environment": "what programs find there cannot be judged; use a module's arguments",
    "local_action": _ELSEWHERE,
    "module_defaults": "write the arguments at each task",
    "poll": _RESULTS,
    "port": _ELSEWHERE,
    "remote_user": _ELSEWHERE,
}
BLOCK = ("block", "rescue", "always")
EXPRESSIONS = frozenset({"when", "changed_when", "failed_when", "until", "that", "var"})
"""Keys whose values are expressions without braces."""
SPOKEN = frozenset({"name", "msg", "var", "fail_msg", "success_msg", "label", "prompt"})
"""Keys whose values are shown to people."""
SECRET = frozenset({"ansible_failed_result", "hostvars", "vars"})
"""Variables that hold what other tasks keep out of the log."""


def is_refused(key: str) -> bool:
    """Whether a keyword is refused; old loops are too, since they name what they loop over by a lookup."""
    return key in REFUSED or key.startswith("with_")


def remedy(key: str) -> str:
    """What to do instead of a refused keyword."""
    return REFUSED.get(key, "write it as `loop`")
