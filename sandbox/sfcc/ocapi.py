"""OCAPI Data API, jobs: start, read and delete executions, search them; faults in OCAPI's form.

What a job does belongs to `instance_jobs`.
Source: B2C tooling SDK (operations on jobs and its API description); sfcc-ci 2.13.0.
"""

from collections.abc import Callable
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from sandbox.sfcc.instance_jobs import Execution, JobFault, Jobs

VERSION = "21.3"


def json_response(body: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status_code=status, media_type="application/json;charset=UTF-8")


def fault(problem: JobFault) -> Response:
    """`{_v, fault: {type, message, arguments}}` with the fault's status."""
    body = {"_v": VERSION, "fault": {"arguments": problem.arguments, "type": problem.type, "message": problem.message}}
    return json_response(body, problem.status)


async def start(request: Request, jobs: Jobs, client_id: str) -> Response:
    """POST .../jobs/{job_id}/executions"""
    return json_response(await run_in_threadpool(jobs.start, request.path_params["job_id"], await _json(request), client_id), 202)


async def read(request: Request, jobs: Jobs) -> Response:
    """GET .../jobs/{job_id}/executions/{id}"""
    return json_response(_found(request, jobs))


async def delete(request: Request, jobs: Jobs) -> Response:
    """DELETE .../jobs/{job_id}/executions/{id}: only of one that has ended."""
    execution = _found(request, jobs)
    if execution["execution_status"] == "running":  # none is kept as pending
        message = f"Job execution '{execution['id']}' is not finished."
        raise JobFault(403, "JobExecutionNotFinishedException", message, executionId=execution["id"])
    jobs.executions.delete(execution["id"])
    return Response(status_code=204)


async def search(request: Request, jobs: Jobs) -> Response:
    """POST .../job_execution_search: term, bool and match-all queries, sorts, count and start."""
    body = await _json(request)
    if not isinstance(body, dict) or not isinstance(body.get("query"), dict):
        raise JobFault(400, "MalformedRequestException", "The search request has no query.")
    try:
        first, count = int(body.get("start", 0)), int(body.get("count", 25))
        hits = [e for e in reversed(jobs.executions.all()) if matches(body["query"], e)]
        for order in reversed(body.get("sorts") or []):
            hits.sort(key=lambda e: str(e.get(order["field"]) or ""), reverse=order.get("sort_order") == "desc")
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise JobFault(400, "MalformedRequestException", f"The search request has not the form of a search: {error}") from error
    page = hits[first : first + count]
    answer = {"_v": VERSION, "_type": "job_execution_search_result", "count": len(page), "hits": page, "query": body["query"]}
    return json_response({**answer, "start": first, "total": len(hits)})


def matches(query: dict[str, Any], execution: Execution) -> bool:
    """Whether an execution answers a query. Raises JobFault for a query of an unknown kind."""
    if len(query) == 1:
        ((kind, content),) = query.items()
        if kind == "match_all_query":
            return True
        if kind == "term_query":
            return _term(content, execution)
        if kind == "text_query":
            return any(content["search_phrase"].lower() in str(execution.get(f, "")).lower() for f in content["fields"])
        if kind == "bool_query":
            should = content.get("should") or []
            return (
                all(matches(q, execution) for q in content.get("must") or [])
                and not any(matches(q, execution) for q in content.get("must_not") or [])
                and (not should or any(matches(q, execution) for q in should))
            )
    raise JobFault(400, "InvalidQueryException", f"A query of the kind {sorted(query)} is unknown.")


_OPERATORS: dict[str, Callable[[str, list[str]], bool]] = {
    "is": lambda value, values: value == values[0],
    "one_of": lambda value, values: value in values,
    "neq": lambda value, values: value != values[0],
    "not_in": lambda value, values: value not in values,
    "is_null": lambda value, _: not value,
    "is_not_null": lambda value, _: bool(value),
    "less": lambda value, values: value < values[0],
    "greater": lambda value, values: value > values[0],
}


def _term(term: dict[str, Any], execution: Execution) -> bool:
    operator = _OPERATORS.get(str(term.get("operator")))
    fields = term.get("fields")
    if operator is None or not isinstance(fields, list):
        raise JobFault(
            400, "InvalidQueryException", f"The term query needs fields and one of the operators {sorted(_OPERATORS)}."
        )
    values = [str(v).lower() for v in term.get("values") or [""]]
    return any(operator(str(execution.get(field) or "").lower(), values) for field in fields)


def _found(request: Request, jobs: Jobs) -> Execution:
    id_, job_id = request.path_params["execution_id"], request.path_params["job_id"]
    execution = jobs.executions.get(id_)
    if execution is None or execution["job_id"] != job_id:
        raise JobFault(
            404, "JobExecutionNotFoundException", f"No execution '{id_}' of job '{job_id}' was found.", executionId=id_
        )
    return execution


async def _json(request: Request) -> Any:
    body = await request.body()
    try:
        return orjson.loads(body) if body.strip() else {}
    except orjson.JSONDecodeError as error:
        raise JobFault(400, "MalformedRequestException", f"The request body is not JSON: {error}") from error
