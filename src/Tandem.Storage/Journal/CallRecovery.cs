using System.Data.Common;
using Dapper;
using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;
using Tandem.Storage.Database;
using Tandem.Storage.Outbox;
using Tandem.Storage.Streams;
using Tandem.Storage.Writing;

namespace Tandem.Storage.Journal;

/// <summary>Gives every call of a process that is gone its record.</summary>
internal static class CallRecovery
{
    private const int CallsPerTransaction = 1_000;

    // Q.850 cause 41: temporary failure.
    private const int TemporaryFailure = 41;

    /// <summary>Registers this run: from now on its calls are its own.</summary>
    public static void BeginRun(TandemDatabase database, RunIdentity run, DateTimeOffset now)
    {
        using var connection = database.Connect();
        connection.Execute(
            "INSERT INTO node_runs (run_id, node_id, started_at, last_seen_at) VALUES (@RunId, @NodeId, @now, @now)",
            new { run.RunId, run.NodeId, now = now.ToStored() });
    }

    /// <summary>Ends the open calls of earlier runs of this node, each in the transaction that takes it out of the journal.</summary>
    public static int CloseLostCalls(TandemDatabase database, RunIdentity run, EventClock clock)
    {
        using var connection = database.Connect();
        var closed = 0;
        while (true)
        {
            using var transaction = connection.BeginTransaction();
            var lost = connection.Query<LostCallRow>(
                """
                SELECT calls_open.*, COALESCE(node_runs.last_seen_at, 0) AS last_seen_at
                FROM calls_open LEFT JOIN node_runs ON node_runs.run_id = calls_open.run_id
                WHERE calls_open.node_id = @NodeId AND calls_open.run_id <> @RunId
                ORDER BY calls_open.call_id LIMIT @limit
                """,
                new { run.NodeId, run.RunId, limit = CallsPerTransaction }, transaction).ToList();
            var writer = new RowWriter(connection, transaction);
            var streamed = new List<OutboxRow>();
            CallClosing.Write(writer, lost.ConvertAll(row => CdrRow.From(row.ToRecord(), clock.Next())), static _ => true, streamed);
            StreamRows.Write(writer, streamed);
            if (lost.Count < CallsPerTransaction)
                ForgetRuns(connection, transaction, run);

            transaction.Commit();
            closed += lost.Count;
            if (lost.Count < CallsPerTransaction)
                return closed;
        }
    }

    private static void ForgetRuns(DbConnection connection, DbTransaction transaction, RunIdentity run) =>
        connection.Execute("DELETE FROM node_runs WHERE node_id = @NodeId AND run_id <> @RunId", new { run.NodeId, run.RunId }, transaction);

    private sealed class LostCallRow
    {
        public string CallId { get; set; } = "";

        public string TenantId { get; set; } = "";

        public string TraceId { get; set; } = "";

        public string CallerNumber { get; set; } = "";

        public string CalleeNumber { get; set; } = "";

        public string CallerAddress { get; set; } = "";

        public string CalleeAddress { get; set; } = "";

        public string CallerSipCallId { get; set; } = "";

        public string CalleeSipCallId { get; set; } = "";

        public long InitiatedAt { get; set; }

        public long? RingingAt { get; set; }

        public long? AnsweredAt { get; set; }

        public string Direction { get; set; } = "";

        public string ProfileId { get; set; } = "";

        public long LastSeenAt { get; set; }

        public CallDetailRecord ToRecord() => new()
        {
            Id = new CallId(CallId),
            Tenant = new TenantId(TenantId),
            TraceId = TraceId,
            CallerNumber = CallerNumber,
            CalleeNumber = CalleeNumber,
            CallerAddress = CallerAddress,
            CalleeAddress = CalleeAddress,
            CallerSipCallId = CallerSipCallId,
            CalleeSipCallId = CalleeSipCallId,
            Direction = Enum.TryParse<CallDirection>(Direction, out var direction) ? direction : CallDirection.Internal,
            ProfileId = ProfileId,
            InitiatedAt = InitiatedAt.ToTime(),
            RingingAt = RingingAt.ToTime(),
            AnsweredAt = AnsweredAt.ToTime(),
            EndedAt = Math.Max(LastSeenAt, Math.Max(AnsweredAt ?? 0, Math.Max(RingingAt ?? 0, InitiatedAt))).ToTime(),
            Verdict = new Verdict(ResultClass.Indeterminate, EndReason.NodeLost, AnsweredAt is null ? 0 : 200, CallSide.Exchange, TemporaryFailure,
                "the exchange stopped during the call"),
        };
    }
}
