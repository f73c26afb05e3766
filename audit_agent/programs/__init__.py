"""Audit programmes that ship with the product, a YAML file each, and how to load one."""

from audit_agent.programs.loader import (
    ProgramInvalidError,
    UnknownProgramError,
    all_programs,
    find_program,
    load_program,
    load_test,
    program_names,
)

__all__ = [
    "ProgramInvalidError",
    "UnknownProgramError",
    "all_programs",
    "find_program",
    "load_program",
    "load_test",
    "program_names",
]
