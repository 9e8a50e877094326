"""Counts what holds and prints what does not."""
passed = failed = 0


def check(what, holds, detail=""):
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        print(f"FAILED  {what}\n        {str(detail)[:1500]}", flush=True)


def equal(what, wanted, got):
    check(what, wanted == got, f"expected {wanted!r}\n        got      {got!r}")


def summary() -> int:
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0
