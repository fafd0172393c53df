"""A running Dagster webserver, asked as its own UI asks it: jobs started, runs awaited. Doesn't belong here: starting servers."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

import requests

LOCATION: Final = {"repositoryLocationName": "akeneo-sfcc", "repositoryName": "__repository__"}
RUN_SECONDS: Final = 180.0
_DONE: Final = ("SUCCESS", "FAILURE", "CANCELED")


@dataclass(frozen=True)
class DagsterApi:
    """The UI's address, and its GraphQL endpoint as the UI itself uses it."""

    url: str

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        answer = requests.post(f"{self.url}/graphql", json={"query": query, "variables": variables}, timeout=60).json()
        assert "errors" not in answer, answer["errors"]
        found: dict[str, Any] = answer["data"]
        return found

    def start(self, job: str, partition: str | None = None) -> str:
        """Start a job as the launch dialog does; returns its run's id."""
        if partition is not None:
            added = self.ask(
                """mutation($of: RepositorySelector!, $key: String!) {
                     addDynamicPartition(repositorySelector: $of, partitionsDefName: "product_loads", partitionKey: $key)
                     { __typename } }""",
                of=LOCATION,
                key=partition,
            )
            assert added["addDynamicPartition"]["__typename"] == "AddDynamicPartitionSuccess"
        tags = [{"key": "dagster/partition", "value": partition}] if partition is not None else []
        parameters = {
            "selector": {**LOCATION, "jobName": job},
            "mode": "default",
            "runConfigData": {},
            "executionMetadata": {"tags": tags},
        }
        launched = self.ask(
            "mutation($p: ExecutionParams!) { launchRun(executionParams: $p) { ... on LaunchRunSuccess { run { id } } } }",
            p=parameters,
        )
        return str(launched["launchRun"]["run"]["id"])

    def launch(self, job: str, partition: str | None = None) -> None:
        """Start a job, and wait until it has succeeded."""
        self.succeeded(job, self.start(job, partition))

    def runs(self, job: str) -> dict[str, str]:
        """Status by run id."""
        query = """query($job: String!) { runsOrError(filter: {pipelineName: $job}) { ... on Runs { results { id status } } } }"""
        return {run["id"]: run["status"] for run in self.ask(query, job=job)["runsOrError"]["results"]}

    def new_run(self, job: str, known: Collection[str]) -> str:
        """Wait for the job's run that isn't one of those known."""
        until = time.monotonic() + RUN_SECONDS
        while not (new := [run for run in self.runs(job) if run not in known]):
            assert time.monotonic() < until, f"no run of {job} came in {RUN_SECONDS} s"
            time.sleep(0.1)
        (run,) = new
        return run

    def succeeded(self, job: str, run_id: str | None = None) -> None:
        """Wait until the run, or the first one of the job, has succeeded."""
        until, status = time.monotonic() + RUN_SECONDS, "none"
        while status not in _DONE:
            assert time.monotonic() < until, f"{job} is {status} after {RUN_SECONDS} s"
            time.sleep(0.3)
            runs = self.runs(job)
            status = runs.get(run_id, "none") if run_id else next(iter(runs.values()), "none")
        assert status == "SUCCESS", self.why(run_id or next(iter(runs)))

    def why(self, run_id: str) -> str:
        """The last messages of a run, and what its failed steps died of."""
        error = "... on ExecutionStepFailureEvent { error { message causes { message } } }"
        events = f"... on EventConnection {{ events {{ ... on MessageEvent {{ message }} {error} }} }}"
        found = self.ask(f"query($id: ID!) {{ logsForRun(runId: $id) {{ {events} }} }}", id=run_id)["logsForRun"]["events"]
        return "\n".join(f"{event['message']} {event.get('error') or ''}" for event in found[-10:])
