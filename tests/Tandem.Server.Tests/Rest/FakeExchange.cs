using System.Net;
using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Calls.Origination;
using Tandem.Calls.Events;
using Tandem.Calls.Ports;
using Tandem.Calls.Registrar;
using Tandem.Calls.Routing;
using Tandem.Calls.Subscriptions;
using Tandem.Calls.Tenants;
using Tandem.Core.Net;
using Tandem.Sip.Engine;

namespace Tandem.Server.Rest;

/// <summary>An exchange whose tables the test fills.</summary>
public sealed class FakeExchange : IExchangeView
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly StatisticsSink _statistics = new();

    public List<CallSnapshot> Active { get; } = [];

    public List<Binding> Registered { get; } = [];

    public ExchangeGauges Numbers { get; set; } = new();

    public IReadOnlyList<CallSnapshot> ActiveCalls(TenantId tenant) => [.. Active.Where(call => call.Tenant == tenant)];

    /// <summary>What waits in slots.</summary>
    public List<Tandem.Calls.Parking.ParkedCall> InSlots { get; } = [];

    public IReadOnlyList<Tandem.Calls.Parking.ParkedCall> Parked(TenantId tenant) => [.. InSlots.Where(parked => parked.Tenant == tenant)];

    /// <summary>What the next change of a recording answers; null as if there were no such call.</summary>
    public RecordingReply? Reply { get; set; }

    /// <summary>Changes of recordings that were asked for.</summary>
    public List<(CallId Call, RecordingAction Action)> Asked { get; } = [];

    public Task<RecordingReply?> RecordAsync(TenantId tenant, CallId call, RecordingAction action)
    {
        if (tenant != TenantId.Default)
            return Task.FromResult<RecordingReply?>(null);

        Asked.Add((call, action));
        return Task.FromResult(Reply);
    }

    /// <summary>What who wants to hear a call gets; null as if there were no such call.</summary>
    public ForkReply? Forked { get; set; }

    public Task<ForkReply?> ForkAsync(TenantId tenant, CallId call, int frames) => Task.FromResult(tenant == TenantId.Default ? Forked : null);

    /// <summary>What the next command answers; null as if there were no such call.</summary>
    public CommandReply? CommandReply { get; set; }

    /// <summary>Commands that were given.</summary>
    public List<(CallId Call, CallCommand Command)> Commands { get; } = [];

    public Task<CommandReply?> CommandAsync(TenantId tenant, CallId call, CallCommand command)
    {
        if (tenant != TenantId.Default)
            return Task.FromResult<CommandReply?>(null);

        Commands.Add((call, command));
        return Task.FromResult(CommandReply);
    }

    public Task<RouteExplanation> ExplainAsync(RouteInquiry inquiry) => Task.FromResult(new RouteExplanation([$"{inquiry.From} dials {inquiry.To}"], []));

    /// <summary>What the next call that a program wants is answered.</summary>
    public OriginationReply Originated { get; set; } = new(CommandResult.Begun, Call(9, CallState.Initiated), "01COMMAND");

    /// <summary>Calls that programs wanted.</summary>
    public List<(TenantId Tenant, OriginationOrder Order)> Wanted { get; } = [];

    public Task<OriginationReply> OriginateAsync(TenantId tenant, OriginationOrder order)
    {
        Wanted.Add((tenant, order));
        return Task.FromResult(Originated);
    }

    /// <summary>People who were to be called for rooms.</summary>
    public List<(Tandem.Calls.Rooms.RoomKey Room, RoomDialOrder Order)> Dialled { get; } = [];

    public Task<OriginationReply> DialAsync(Tandem.Calls.Rooms.RoomKey room, RoomDialOrder order)
    {
        Dialled.Add((room, order));
        return Task.FromResult(Originated);
    }

    /// <summary>Supervisors whose phones were to be rung.</summary>
    public List<(TenantId Tenant, MonitorOrder Order)> Rung { get; } = [];

    public Task<OriginationReply> MonitorAsync(TenantId tenant, MonitorOrder order)
    {
        Rung.Add((tenant, order));
        return Task.FromResult(Originated);
    }

    public IReadOnlyList<Binding> Bindings(TenantId tenant) => [.. Registered.Where(binding => binding.Tenant == tenant)];

    public RegistrarStatistics Registrations(TenantId tenant, DateTimeOffset now) => new(
        Registered.Select(b => b.Number).Distinct().Count(), Registered.Count,
        Registered.GroupBy(b => b.Flow.Remote.HostText()).ToDictionary(g => g.Key, g => g.Count()), Registered.Count);

    public List<SubscriptionRecord> Watched { get; } = [];

    public IReadOnlyList<SubscriptionRecord> Subscriptions(TenantId tenant) => tenant == TenantId.Default ? Watched : [];

    public int RegistrationHistoryCount(TenantId tenant) => _statistics.RegistrationHistoryCount(tenant);

    public CallStatistics CallTotals(TenantId tenant) => _statistics.Calls(tenant);

    public ExchangeGauges Gauges() => Numbers;

    public Task<int> ClearCallsAsync(TenantId tenant, CancellationToken cancellation)
    {
        var count = Active.Count;
        Active.Clear();
        return Task.FromResult(count);
    }

    public Task<int> UnregisterAsync(TenantId tenant, string number, DateTimeOffset now) => Task.FromResult(Registered.RemoveAll(b => b.Tenant == tenant && b.Number == number));

    public Task<int> ClearRegistrationsAsync(TenantId tenant, DateTimeOffset now)
    {
        var count = Registered.Count;
        Registered.Clear();
        return Task.FromResult(count);
    }

    public void Hear(ExchangeEvent exchangeEvent) => _statistics.Publish(exchangeEvent);

    public static Binding Contact(string number, string address, DateTimeOffset expiresAt, int q = 1000, SipTransportKind transport = SipTransportKind.Udp) => new()
    {
        Tenant = TenantId.Default,
        Number = number,
        ContactUri = $"sip:{number}@{address}:5060",
        Flow = new SipFlow(transport, default, NetAddress.From(IPAddress.Parse(address), 5062)),
        Q = q,
        RegisterCallId = "r@example",
        RegisterCSeq = 1,
        ExpiresSeconds = 3600,
        RegisteredAt = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
        LastSeen = new DateTimeOffset(2026, 3, 1, 12, 30, 0, 50, TimeSpan.Zero),
        ExpiresAt = expiresAt,
        RegistrationCount = 4,
        UserAgent = "Phone",
    };

    public static CallSnapshot Call(int number, CallState state, IMediaSession? media = null) => new()
    {
        Id = new CallId($"01CALL{number:00000000000000000000}"),
        Tenant = TenantId.Default,
        TraceId = $"trace-{number}",
        State = state,
        CallerNumber = "100",
        CalleeNumber = "101",
        CallerAddress = "192.0.2.1:5060",
        CalleeAddress = state >= CallState.Ringing ? "192.0.2.2:5062" : "",
        CallerSipCallId = $"sip-{number}@phone",
        InitiatedAt = new DateTimeOffset(2026, 3, 1, 12, 0, number, TimeSpan.Zero),
        AnsweredAt = state == CallState.Established ? new DateTimeOffset(2026, 3, 1, 12, 1, number, TimeSpan.Zero) : null,
        Media = media,
    };

    public static CallDetailRecord Record(int number, EndReason reason = EndReason.Completed) => new()
    {
        Id = new CallId($"01CALL{number:00000000000000000000}"),
        Tenant = TenantId.Default,
        TraceId = $"trace-{number}",
        CallerNumber = "100",
        CalleeNumber = "101",
        CallerSipCallId = $"sip-{number}@phone",
        InitiatedAt = Noon.AddSeconds(number),
        AnsweredAt = reason == EndReason.Completed ? Noon.AddSeconds(number + 1) : null,
        EndedAt = Noon.AddSeconds(number + 3.5),
        Verdict = new Verdict(ResultClass.Success, reason, 200, CallSide.Callee, 16),
    };
}
