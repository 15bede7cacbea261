"""Tree to closures: each node becomes one Python function of a frame. Nothing is evaluated as Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.feel.calls import of_built_in, of_call, of_function, of_instance_of
from engine.feel.frame import Run
from engine.feel.iteration import of_iteration
from engine.feel.operators import of_between, of_binary, of_if, of_literal, of_name, of_negation
from engine.feel.structures import of_context, of_filter, of_list, of_path
from engine.feel.testing import of_in, of_interval, of_test, of_tests
from engine.feel.tree import (
    Between,
    Binary,
    BuiltIn,
    Call,
    ContextOf,
    Filter,
    FunctionOf,
    If,
    In,
    InstanceOf,
    Interval,
    Iteration,
    ListOf,
    Literal,
    Name,
    Negation,
    Node,
    Path,
    Test,
    Tests,
)


def compile_node(node: Node) -> Run:
    """The function of a node."""
    return COMPILERS[type(node)](node, compile_node)


COMPILERS: Mapping[type, Callable[..., Run]] = {
    Literal: of_literal,
    Name: of_name,
    Negation: of_negation,
    Binary: of_binary,
    Between: of_between,
    In: of_in,
    Test: of_test,
    Tests: of_tests,
    Interval: of_interval,
    ListOf: of_list,
    ContextOf: of_context,
    Path: of_path,
    Filter: of_filter,
    Call: of_call,
    BuiltIn: of_built_in,
    If: of_if,
    Iteration: of_iteration,
    FunctionOf: of_function,
    InstanceOf: of_instance_of,
}
