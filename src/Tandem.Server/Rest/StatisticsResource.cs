using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Calls;
using Tandem.Calls.Shards;
using Tandem.Calls.Tenants;
using Tandem.Core.Time;
using Tandem.Media.Playback;
using Tandem.Server.Cli;
using Tandem.Server.Hosting;
using Tandem.Server.Http;
using Tandem.Sip.Transport;
using Tandem.Storage;

namespace Tandem.Server.Rest;

/// <summary>Numbers of the whole server: <c>/api/statistics</c> (document 5, and what is ours beside it).</summary>
public static class StatisticsResource
{
    public static void Map(RouteGroupBuilder api)
    {
        // They count from here on, not from the first question.
        _ = GcPauses.Current;
        api.MapGet("/statistics", Read).Needs(Permission.SystemRead).WithSummary("Calls, users, media, memory, and how full queues and tables are");
    }

    private static Ok<Statistics> Read(
        Identity who, IExchangeView exchange, HostState state, TandemStorage storage, SoundLibrary sounds, BanList bans, Clock clock, RateLimiter limiter, TimeProvider time)
    {
        var tenant = who.Tenant;
        var active = exchange.ActiveCalls(tenant);
        var totals = exchange.CallTotals(tenant);
        var registrations = exchange.Registrations(tenant, time.GetUtcNow());
        var gauges = exchange.Gauges();
        var writer = storage.Writer.Statistics();
        var uptime = ApiTime.Seconds(state.Uptime);
        return ApiAnswer.Bare(new Statistics(
            new CallNumbers(
                active.Count, totals.TotalCalls, States(active), Math.Round(totals.AverageDurationSeconds, 3), totals.CompletedCalls, uptime,
                totals.AnsweredCalls, totals.EndedByReason.ToDictionary(pair => CallText.Word(pair.Key), pair => pair.Value)),
            new UserNumbers(
                registrations.Users, registrations.Users, registrations.BindingsByAddress, registrations.RecentRegistrations,
                exchange.RegistrationHistoryCount(tenant), registrations.Bindings),
            new RtpNumbers(StreamsResource.Count(active)),
            new ServerNumbers(uptime, MemoryNumbers.Read(), VersionCommand.Version, GcPauses.Current.Read()),
            new TransactionNumbers(gauges.ServerTransactions, gauges.ClientTransactions, gauges.ServerTransactions + gauges.ClientTransactions),
            gauges.Dialogs,
            new PortNumbers(gauges.PortsInUse, gauges.PortsInQuarantine),
            new QueueNumbers(gauges.Mailboxes, gauges.Turns, writer.QueueLength, writer.Spilled),
            new TableNumbers(
                gauges.Calls, gauges.ReferSubscriptions, gauges.Bindings, gauges.Timers, gauges.Connections, storage.Directory.Count, bans.List(clock.Now).Count, bans.TrackedSources, limiter.Count),
            new DatabaseNumbers(writer.Written, writer.Commits, writer.Failures, writer.Rejected, writer.Lost, writer.SpillBytes, writer.IsAway),
            new FaultNumbers(gauges.MailboxRefused, gauges.Overloaded, gauges.Faults, bans.BansImposed),
            new OverloadNumbers(gauges.OverloadLevel, gauges.Lag.TotalMilliseconds, gauges.Refused),
            NameNumbers.Of(gauges.Resolution, gauges.NameServers),
            gauges.ConnectionsByTransport,
            gauges.Transport,
            gauges.Subscriptions, gauges.Messages, gauges.Media,
            sounds.Numbers));
    }

    private static Dictionary<string, int> States(IReadOnlyList<CallSnapshot> calls)
    {
        var counts = new int[(int)CallState.Terminated + 1];
        foreach (var call in calls)
            counts[(int)call.State]++;
        var states = new Dictionary<string, int>();
        for (var state = 0; state < counts.Length; state++)
        {
            if (counts[state] > 0)
                states[CallText.State((CallState)state)] = counts[state];
        }

        return states;
    }
}

/// <summary>All numbers. Calls, users, rtp and server have document 5's fields (theirs first in each); the rest is ours.</summary>
public sealed record Statistics(
    CallNumbers Calls, UserNumbers Users, RtpNumbers Rtp, ServerNumbers Server, TransactionNumbers Transactions, int Dialogs, PortNumbers Ports,
    QueueNumbers Queues, TableNumbers Tables, DatabaseNumbers Database, FaultNumbers Faults, OverloadNumbers Overload, NameNumbers Names,
    ConnectionNumbers Connections, TransportNumbers Transport,
    SubscriptionNumbers Subscriptions, MessageNumbers Messages, MediaNumbers Media,
    SoundNumbers Sounds);

/// <summary>Calls since the start. Durations and times in seconds.</summary>
public sealed record CallNumbers(
    int ActiveCalls, long TotalCalls, IReadOnlyDictionary<string, int> StateStats, double AverageDuration, long CompletedCalls, double ServerUptime,
    long AnsweredCalls, IReadOnlyDictionary<string, long> EndedByReason);

/// <summary>Registrations now. AddressStats counts bindings by IP address.</summary>
public sealed record UserNumbers(
    int TotalUsers, int ActiveUsers, IReadOnlyDictionary<string, int> AddressStats, int RecentRegistrations, int RegistrationHistory, int Bindings);

/// <summary>Relayed directions now.</summary>
public sealed record RtpNumbers(int ActiveStreams);

/// <summary>The process.</summary>
public sealed record ServerNumbers(double Uptime, MemoryNumbers Memory, string Version, GcPauseNumbers GcPauses);

/// <summary>Bytes in document 5's names. External and arrayBuffers are what the process holds outside of its heap and in pooled large arrays.</summary>
public sealed record MemoryNumbers(long Rss, long HeapTotal, long HeapUsed, long External, long ArrayBuffers)
{
    internal static MemoryNumbers Read()
    {
        var info = GC.GetGCMemoryInfo();
        var rss = Environment.WorkingSet; // one file is read; Process would list every thread
        var used = GC.GetTotalMemory(forceFullCollection: false);

        // The runtime knows what it has committed only after its first collection.
        var total = Math.Max(info.TotalCommittedBytes, used);
        var large = info.GenerationInfo.Length > 3 ? info.GenerationInfo[3].SizeAfterBytes : 0;
        return new MemoryNumbers(rss, total, used, Math.Max(0, rss - total), large);
    }
}

/// <summary>SIP transactions that have not ended.</summary>
public sealed record TransactionNumbers(int Server, int Client, int Total);

/// <summary>Media ports.</summary>
public sealed record PortNumbers(int InUse, int Quarantine);

/// <summary>What waits: messages of each shard, turns of calls, writes in memory and in the spill file.</summary>
public sealed record QueueNumbers(IReadOnlyList<int> Shards, int Turns, long DatabaseWrites, long SpilledWrites);

/// <summary>Entries of the tables in memory.</summary>
public sealed record TableNumbers(
    int Calls, int Transfers, int Bindings, int Timers, int Connections, int Extensions, int Bans, int TrackedSources, int RateLimitedSources);

/// <summary>The writer of the database since the start.</summary>
public sealed record DatabaseNumbers(long Written, long Commits, long Failures, long Rejected, long Lost, long SpillBytes, bool Away);

/// <summary>
/// Overload: the level now (0 nothing is refused, 1 new calls and registrations, 2 all outside dialogs, 3 inside them too), how far the
/// shard that is worst off is behind, milliseconds, and requests refused since the start.
/// </summary>
public sealed record OverloadNumbers(int Level, double Lag, long Refused);

/// <summary>What went wrong since the start.</summary>
public sealed record FaultNumbers(long MailboxRefused, long CallsOverLimit, long CallFaults, long BansImposed);

/// <summary>
/// Names and targets of requests (RFC 3263). Now: answers kept, questions that wait, targets that rest. Since the start: the rest;
/// Failovers are requests that went on to their next target.
/// </summary>
public sealed record NameNumbers(
    int Kept, int Waiting, int Resting, long Asked, long FromCache, long Failed, long Stale, long Refused, long Failovers,
    long ServerTimeouts, long ServerFailures, long StrayDatagrams, long OverTcp)
{
    internal static NameNumbers Of(ResolutionStatistics names, DnsCounters servers) => new(
        names.Kept, names.Waiting, names.Resting, names.Asked, names.FromCache, names.Failed, names.Stale, names.Refused, names.Failovers,
        servers.SilentServers, servers.UnusableAnswers, servers.StrayDatagrams, servers.QuestionsOverTcp);
}
